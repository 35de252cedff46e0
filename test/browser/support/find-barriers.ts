import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** WCAG 2.2 at level AA, and what axe holds to be good practice beside it. */
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Finds what keeps people out of a page as it stands, by the rules of axe: once in light and once in dark colours.
 * @returns one line for each place: the colours, the rule, where, and what is wrong.
 */
export async function findBarriers(page: Page): Promise<string[]> {
  const barriers: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // The other mode is for pages with frames, of which ours have none, and takes twice the time.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(standards).analyze();
    const places = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${colorScheme}: ${id} at ${target.join(' ')}: ${failureSummary}`),
    );
    barriers.push(...places);
  }
  return barriers;
}
