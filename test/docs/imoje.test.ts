import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { formSchema } from '../../src/imoje/form/form-schema.ts';
import { endpoints } from '../../src/imoje/rest/endpoints.ts';

const read = (file: string): Promise<string> => readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
const page = await read('docs/imoje.md');

/** The rows of the tables in a text, each as the texts of its cells. */
const rowsIn = (text: string): string[][] =>
  [...text.matchAll(/^\|(.*)\|$/gm)].map(([, cells = '']) => cells.split('|').map((cell) => cell.trim()));

it('The page on imoje says of every endpoint of the REST door that it is here, and of no other', () => {
  const ours = endpoints.map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const [section = ''] = /^## 5\. .*?(?=^### 5\.0)/ms.exec(page) ?? [];
  const told = rowsIn(section).flatMap(([name = '']) => /^`((?:GET|POST|PUT|DELETE) \/\S+)`$/.exec(name)?.[1] ?? []);
  expect(told.toSorted()).toEqual(ours.toSorted());
});

it('The page on imoje names every field that the REST door reads, in the section of its endpoint', () => {
  const numbers = { transactions: '5', settings: '5', payments: '6', refunds: '7', profiles: '8', discovery: '10' };
  const missing = endpoints.flatMap(({ path, body, about: { section } }) => {
    const text = new RegExp(`^## ${numbers[section]}\\. .*?(?=^## )`, 'ms').exec(page)?.[0] ?? '';
    const named = rowsIn(text).map(([name = '']) => name);
    const fields = body instanceof z.ZodObject ? Object.keys(body.shape) : [];
    return fields
      .filter((field) => !named.some((name) => name.includes(`\`${field}\``)))
      .map((field) => `${path}: ${field}`);
  });
  expect(missing).toEqual([]);
});

it('The page on imoje names every field of the form', () => {
  const [section = ''] = /^## 1\. .*?(?=^## 2\. )/ms.exec(page) ?? [];
  const here = rowsIn(section).flatMap(([name, state]) => (state === '`not yet`' ? [] : [name]));
  const fields = Object.keys(formSchema.shape).map((name) => `\`${name}\``);
  expect(fields.filter((name) => !here.includes(name))).toEqual([]);
});

it('The page on imoje lists the codes of errors with the statuses that they go with', async () => {
  const source = await read('src/imoje/rest/answer-error.ts');
  const ours = [...source.matchAll(/status: (\d+), code: '([A-Z]+-ERROR-\d+)'/g)].map(
    ([, status, code]) => `${status} ${code}`,
  );
  const listed = rowsIn(page).flatMap(([status = '', code = '']) =>
    /^`[A-Z]+-ERROR-\d+`$/.test(code) ? [`${status} ${code.replaceAll('`', '')}`] : [],
  );
  const onlyGraphql = /REQ-ERROR-1005(?:0[1-9]|1[0-2])$/;
  expect(listed.toSorted()).toEqual(ours.filter((pair) => !onlyGraphql.test(pair)).toSorted());
});

it('The page on imoje says of everything whether it is done, differs, or is not there yet, and how it differs', () => {
  const tables = [...page.matchAll(/^\|[^|]+\| state \| why \|\n\|---\|---\|---\|\n((?:\|.*\|\n)+)/gm)];
  const rows = tables.flatMap(([, text = '']) => rowsIn(text));
  expect(rows.length).toBeGreaterThan(150);
  const unclear = rows.filter(([, state = '', why = '']) => {
    const says = state === '`done`' || state === '`not yet`' || (state === '`differs`' && why !== '');
    return !says;
  });
  expect(unclear).toEqual([]);
});
