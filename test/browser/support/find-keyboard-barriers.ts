import type { Page } from 'playwright-core';

/**
 * What can be used on a page; a script that gives it as a list. Of a group of radio buttons the Tab key leads to one, from
 * which the arrow keys lead to the others.
 */
const usable = `(() => {
  const isStop = ({ type, name, checked }, _, all) =>
    type !== 'radio' || checked || !all.some((other) => other.name === name && other.checked);
  const isFirst = ({ type, name }, place, all) =>
    type !== 'radio' || all.findIndex((other) => other.type === type && other.name === name) === place;
  const elements = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary');
  return [...elements].filter((element) => element.checkVisibility()).filter(isStop).filter(isFirst);
})()`;

/**
 * Where the focus is: the place in the list, -1 outside of it, and whether it can be seen (WCAG 2.2, success criteria
 * 2.4.7 and 2.4.13): the browser's own outline, or one of 2 pixels. A control that nobody sees shows it on what stands for it.
 */
const focus = `(() => {
  const focused = document.activeElement;
  const isHidden = getComputedStyle(focused).opacity === '0';
  const { outlineStyle, outlineWidth } = getComputedStyle(isHidden ? focused.nextElementSibling : focused);
  const seen = outlineStyle === 'auto' || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2);
  return { place: ${usable}.indexOf(focused), seen };
})()`;

/**
 * Goes once through a page with the Tab key.
 * @returns the text of everything that can be used and was not reached, or did not show it.
 */
export async function findKeyboardBarriers(page: Page): Promise<string[]> {
  const texts = await page.evaluate<string[]>(
    `${usable}.map((element) => (element.labels?.[0] ?? element).textContent)`,
  );
  // Told by the page itself, since asking it after each press takes longer than the press.
  await page.evaluate(`(window.reached = new Set()).place = () => {
    const { place, seen } = ${focus};
    if (seen) window.reached.add(place);
  }; document.addEventListener('focusin', window.reached.place)`);
  // The focus may begin in the middle, at an error summary, and leaves the page once at its end.
  for (let press = 0; press < texts.length + 2; press += 1) await page.keyboard.press('Tab');
  const reached = await page.evaluate<number[]>(
    `document.removeEventListener('focusin', window.reached.place), [...window.reached]`,
  );
  return texts.filter((_, place) => !reached.includes(place));
}
