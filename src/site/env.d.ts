/// <reference types="astro/client" />

declare namespace App {
  interface Locals {
    readonly portal: import('./portal.ts').Portal;
    readonly page: import('./portal.ts').PageContext;
  }
}
