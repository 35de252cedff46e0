import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2 at level AA, and what axe holds to be good practice beside it; what is good about a page is not listed. */
const allRules: axe.RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
};

/** The rules about colours, which are all that the dark ones can break. */
const colourRules: axe.RunOptions = {
  runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
  resultTypes: ['violations'],
};

// `axe.source` is the same with its comments, and takes the browser longer to read than a page to be looked at.
const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Finds what keeps people out of a page as it stands, by the rules of axe: all of them in light colours, those about colours in
 * dark ones too.
 * @returns one line for each place: the colours, the rule, where, and what is wrong.
 */
export async function findBarriers(page: Page): Promise<string[]> {
  const barriers: string[] = [];
  // Straight to the browser: `page.evaluate` takes twice as long over so long a script.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: `${source};0` });
  await session.detach();
  for (const [colorScheme, rules] of [['light', allRules] as const, ['dark', colourRules] as const]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(${JSON.stringify(rules)})`);
    const places = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${colorScheme}: ${id} at ${target.join(' ')}: ${failureSummary}`),
    );
    barriers.push(...places);
  }
  return barriers;
}
