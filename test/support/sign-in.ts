import type { Page } from 'playwright-core';
import type { TestPortal } from './portal.ts';

/** Signs in as one of the sample people, the way a person would: opens the link, presses the button. */
export async function signIn(page: Page, portal: TestPortal, login: string): Promise<void> {
  await page.goto(await portal.signInLink(login));
  await Promise.all([
    page.waitForURL((url) => !url.pathname.includes('/sign-in')),
    page.click('main button'),
  ]);
}
