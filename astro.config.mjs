import node from '@astrojs/node';
import { defineConfig } from 'astro/config';

export default defineConfig({
  srcDir: './src/site',
  publicDir: './src/site/public',
  outDir: './dist',
  output: 'server',
  adapter: node({ mode: 'middleware', bodySizeLimit: 64 * 1024 }),
  trailingSlash: 'ignore',
  // A strict content security policy: nothing inline, neither scripts nor styles.
  build: { inlineStylesheets: 'never', assets: '_a' },
  // The built pages carry what they need, so a production install does without Astro and its tools.
  vite: { build: { assetsInlineLimit: 0 }, ssr: { noExternal: true } },
  // Origin, fetch-metadata and host are checked by the Hono front for everything at once.
  security: { checkOrigin: false },
  devToolbar: { enabled: false },
});
