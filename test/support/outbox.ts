import type { Page } from 'playwright-core';

/** Waits at the outbox for a mail to this address that `isWanted`, opens it and returns its text. */
export async function openMail(
  page: Page,
  address: string,
  isWanted: (text: string) => boolean = () => true,
): Promise<string> {
  for (let tries = 0; tries < 60; tries++) {
    await page.goto('/outbox');
    const link = page.locator('main li', { hasText: address }).locator('a').first();
    if (await link.count()) {
      await link.click();
      const text = await page
        .locator('div.mail')
        .evaluate((box) => [...box.querySelectorAll('.part')].map((part) => part.textContent).join(''));
      if (isWanted(text)) return text;
    }
    await page.waitForTimeout(250);
  }
  throw new Error(`no such mail for ${address}`);
}

/** The code of a recovery mail as it is shown, or ''. */
export const codeIn = (text: string): string => /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(text)?.[0] ?? '';
