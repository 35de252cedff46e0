import { expect, it } from 'vitest';
import { chooseColumns, listColumns } from '../../../src/kernel/db/list-columns.ts';

const names = Array.from({ length: 12 }, (_, place) => `name${place}`);
const columns = Object.fromEntries(names.map((name) => [name, `column_${name}`]));
const shown = names.slice(0, 10);
const everything = listColumns('t', columns, shown);

it('gives the columns that are wanted, and those that each row must have, in one order', () => {
  const choose = chooseColumns('t', columns, { shown, always: ['name0'] });
  const { name, selectList } = choose('list', ['name3', 'name2']);
  expect(selectList).toBe('t.column_name0 as "name0", t.column_name2 as "name2", t.column_name3 as "name3"');
  expect(choose('list', ['name2', 'name0', 'name3'])).toEqual({ name, selectList });
  expect(choose('list', [])).toEqual({
    name: expect.not.stringMatching(`^${name}$`),
    selectList: 't.column_name0 as "name0"',
  });
});

it('gives all that are shown when nobody says what is wanted, or all are', () => {
  const choose = chooseColumns('t', columns, { shown, always: ['name0'] });
  expect(choose('list', undefined)).toEqual({ name: 'list', selectList: everything });
  expect(choose('list', names)).toEqual({ name: 'list', selectList: everything });
});

it('makes 256 statements and no more, each with a name of its own: a further one reads all', () => {
  const choose = chooseColumns('t', columns, { shown, always: [] });
  const choiceOf = (number: number): string[] => shown.filter((_, place) => Math.floor(number / 2 ** place) % 2 === 1);
  const statements = ['some', 'others'];
  const made = Array.from({ length: 500 }, (_, number) =>
    statements.map((name) => choose(name, choiceOf(number))),
  ).flat();
  const narrow = made.filter(({ selectList }) => selectList !== everything);
  expect(narrow).toHaveLength(256);
  expect(new Set(narrow.map(({ name }) => name))).toHaveLength(256);
  expect(new Set(made.slice(256).map(({ name }) => name))).toEqual(new Set(statements));
  // Those that were made stay.
  expect(choose('others', choiceOf(127))).toEqual(narrow.at(-1));
});
