import { describe, expect, it } from 'vitest';
import * as grammar from './grammar-rules.ts';
import * as imports from './import-rules.ts';
import { judge, type KnownOffender } from './judge.ts';
import * as sizes from './size-rules.ts';
import { type Rule, readFiles } from './source-files.ts';
import * as transactions from './transaction-rules.ts';
import * as words from './word-rules.ts';

/**
 * Files that break a rule today. The list may only shrink: a new breach fails the test, and so does an entry that
 * no longer breaks anything.
 */
const knownOffenders: readonly KnownOffender[] = [];

const source = readFiles('src');
// What shops install: no slices, and nothing of src.
const packages = [...readFiles('client'), ...readFiles('cli')];
const allCode = [...source, ...packages, ...readFiles('test'), ...readFiles('bench')];
const withSchema = [...source, ...readFiles('prisma', ['.prisma', '.sql'])];

const suites: Record<string, { readonly rules: readonly Rule[]; readonly files: typeof source }> = {
  'Every source file': {
    files: source,
    rules: [sizes, imports, grammar, transactions].flatMap((rules) => Object.values<Rule>(rules)),
  },
  'Every source file of the packages': {
    files: packages,
    rules: [...Object.values<Rule>(sizes), grammar.noVagueNames, grammar.kebabNames, imports.noCycles],
  },
  'Every program': { files: allCode, rules: Object.values(words).filter((rule) => rule !== words.noTimeInSql) },
  'The database': { files: withSchema, rules: [words.noTimeInSql] },
};

for (const [subject, { rules, files }] of Object.entries(suites)) {
  describe(subject, () => {
    for (const rule of rules) {
      it(rule.sentence, () => expect(judge(rule, files, knownOffenders)).toEqual([]));
    }
  });
}

describe('The list of known offenders', () => {
  it('names only rules that exist', () => {
    const names = Object.values(suites).flatMap(({ rules }) => rules.map((rule) => rule.name));
    expect(knownOffenders.filter((offender) => !names.includes(offender.rule))).toEqual([]);
  });
});
