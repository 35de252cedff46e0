import type { Page } from 'playwright-core';

/** What can be used on a page; a script that gives it as a list. */
const usable =
  "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((element) => element.checkVisibility())";

/**
 * Where the focus is: the place in the list, -1 outside of it, and whether it can be seen (WCAG 2.2, success criteria
 * 2.4.7 and 2.4.13): the browser's own outline, or one of 2 pixels.
 */
const focus = `(() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  const seen = outlineStyle === 'auto' || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2);
  return { place: ${usable}.indexOf(document.activeElement), seen };
})()`;

/**
 * Goes once through a page with the Tab key.
 * @returns the text of everything that can be used and was not reached, or did not show it.
 */
export async function findKeyboardBarriers(page: Page): Promise<string[]> {
  const texts = await page.evaluate<string[]>(
    `${usable}.map((element) => (element.labels?.[0] ?? element).textContent)`,
  );
  const seen = new Set<number>();
  // The focus may begin in the middle, at an error summary, and leaves the page once at its end.
  for (let press = 0; press < texts.length + 2; press += 1) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate<{ place: number; seen: boolean }>(focus);
    if (now.seen) seen.add(now.place);
  }
  return texts.filter((_, place) => !seen.has(place));
}
