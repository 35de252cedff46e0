import { expect, it } from 'vitest';
import { withoutFormulas } from '../../src/reports/write-cells.ts';

it.each([
  ['a;=1+1', "a;'=1+1"],
  ['a; \t@SUM(A1);b', "a; \t'@SUM(A1);b"],
  ['a;"=1+1', `a;"'=1+1`],
  ['a\r\n-5', "a\r\n'-5"],
  ['=1;+2', "'=1;'+2"],
  ['a-b; c = d', 'a-b; c = d'],
])('%j begins no formula where Excel cuts at semicolons', (text, safe) => {
  expect(withoutFormulas(text)).toBe(safe);
});
