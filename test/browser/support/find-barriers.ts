import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2 at level AA, and what axe holds to be good practice beside it; what is good about a page is not listed. */
const options: axe.RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
};

/**
 * Finds what keeps people out of a page as it stands, by the rules of axe: once in light and once in dark colours.
 * @returns one line for each place: the colours, the rule, where, and what is wrong.
 */
export async function findBarriers(page: Page): Promise<string[]> {
  const barriers: string[] = [];
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(${JSON.stringify(options)})`);
    const places = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${colorScheme}: ${id} at ${target.join(' ')}: ${failureSummary}`),
    );
    barriers.push(...places);
  }
  return barriers;
}
