import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where pictures of all pages go, for people to look at; without it none are taken. */
const folder = process.env.BRAMKA_TEST_PICTURES;

/** Takes a picture of a whole page in light and one in dark colours, if pictures are wanted. */
export async function takePictures(page: Page, name: string): Promise<void> {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({
      path: join(folder, `${name} ${colorScheme}.png`.replaceAll(/[ ,]+/g, '-')),
      fullPage: true,
    });
  }
}
