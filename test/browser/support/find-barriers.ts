import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What is good about a page is not listed; and nothing is loaded a second time for rules about sound, of which pages have none. */
const economy = { resultTypes: ['violations'], preload: false } as const satisfies axe.RunOptions;

/** The rules about colours, which are all that the dark ones can break. */
const coloursOnly: axe.RunOptions = {
  ...economy,
  runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
};

/** WCAG 2.2 at level AA, and what axe holds to be good practice beside it. */
const allRules: axe.RunOptions = {
  ...economy,
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};

/** All but the contrast. */
const rulesOfWords: axe.RunOptions = { ...allRules, rules: { 'color-contrast': { enabled: false } } };

// `axe.source` is the same with its comments, and takes the browser longer to read than a page to be looked at.
const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Finds what keeps people out of a page as it stands, by the rules of axe: all of them in light colours, those about colours in
 * dark ones too.
 * @param parts `words` leaves out the contrast and the dark colours, for a page whose colours are looked at in another language.
 * @returns one line for each place: the colours, the rule, where, and what is wrong.
 */
export async function findBarriers(page: Page, parts: 'all' | 'words' = 'all'): Promise<string[]> {
  const barriers: string[] = [];
  // Straight to the browser: `page.evaluate` takes twice as long over so long a script.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: `${source};0` });
  await session.detach();
  const runs: readonly (readonly ['light' | 'dark', axe.RunOptions])[] =
    parts === 'words'
      ? [['light', rulesOfWords]]
      : [
          ['light', allRules],
          ['dark', coloursOnly],
        ];
  for (const [colorScheme, rules] of runs) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(${JSON.stringify(rules)})`);
    const places = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${colorScheme}: ${id} at ${target.join(' ')}: ${failureSummary}`),
    );
    barriers.push(...places);
  }
  return barriers;
}
