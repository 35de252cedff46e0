import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { headerLengthMax } from '../../src/auth/model.ts';
import { readConfig, settingNames } from '../../src/config.ts';
import { documentLimits, nameLengthMax, strangersLimits } from '../../src/graphql/guard-operations.ts';
import { operationLimits, pairsMax, stepsMax } from '../../src/graphql/limit-rule.ts';
import { idLengthMax } from '../../src/graphql/read-message.ts';
import { variablesLengthMax } from '../../src/graphql/share-results.ts';
import { choicesMax } from '../../src/kernel/choices.ts';
import { toDecimal } from '../../src/kernel/money.ts';
import { sizeSettings } from '../../src/size-settings.ts';
import { bankFeeMax } from '../../src/transfers/model.ts';

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const readme = text('README.md');
const limits = text('docs/limits.md');

it('the README or docs/limits.md describes every setting', () => {
  const described = (name: string) => {
    const short = name.replace('SETTLEMENT_ACCOUNT', '');
    return [name, short].some((word) => `${readme}${limits}`.includes(`\`${word}\``));
  };
  expect(settingNames.filter((name) => !described(name))).toEqual([]);
});

it('docs/limits.md gives the default and the range of every size, and others are refused', () => {
  const rows = limits.matchAll(/^\| `(\w+)` \| `(\d+)` \| (\d+)-(\d+) \|/gm);
  const told = new Map(Array.from(rows, ([, name = '', ...numbers]) => [name, numbers.map(Number)]));
  expect([...told.keys()].toSorted()).toEqual(Object.keys(sizeSettings).toSorted());
  for (const [name, [usual = 0, min = 0, max = 0]] of told) {
    const read = (value: number) => readConfig({ [name]: String(value) }).sizes;
    expect(read(usual)).toEqual(readConfig({}).sizes);
    for (const good of [min, max]) expect(JSON.stringify(read(good))).toContain(`:${good}`);
    for (const bad of [min - 1, max + 1]) {
      expect(() => read(bad)).toThrow(`${name} must be a whole number from ${min} to ${max}.`);
    }
  }
});

it('docs/limits.md says how long what clients send may be', () => {
  expect(limits).toContain(`of \`connection_init\` | ${headerLengthMax} characters |`);
  expect(limits).toContain(`| id of an operation on a WebSocket | ${idLengthMax} characters |`);
  expect(limits).toContain(`, as JSON | ${variablesLengthMax.toLocaleString('en')} characters |`);
  expect(limits).toContain(`that a query or subscription is narrowed to | ${choicesMax} entries |`);
});

it('docs/limits.md says which fee of a bank is taken for one', () => {
  const all = Object.entries(bankFeeMax).map(([currency, max]) => `${toDecimal(max)} ${currency}`);
  expect(limits).toContain(`of one payout that comes back | ${all.join(', ')} |`);
});

it('docs/limits.md says how much a document and an operation may ask for', () => {
  const { depth, fields, aliases, directives, rootFields } = operationLimits;
  const many = (number: number) => number.toLocaleString('en');
  expect(limits).toContain(`; ${many(stepsMax)} fields and fragments in all its operations`);
  expect(limits).toContain(`; ${many(pairsMax)} pairs of fields of one name, or of fragments,`);
  const { characters, tokens } = documentLimits;
  expect(limits).toContain(
    `| ${many(characters)} characters, ${many(tokens)} words and signs, ${nameLengthMax} characters of a name`,
  );
  expect(limits).toContain(
    `| ${many(strangersLimits.characters)} characters, ${many(strangersLimits.tokens)} words and signs |`,
  );
  expect(limits).toContain(
    `| ${depth} levels, ${many(fields)} fields (those of a list for each of its rows), ${aliases} aliases, ${directives} directives, ${rootFields} fields at the root |`,
  );
});
