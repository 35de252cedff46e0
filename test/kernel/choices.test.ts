import { expect, it } from 'vitest';
import { choicesIn, choicesMax } from '../../src/kernel/choices.ts';

it('gives each choice of a list once, and nothing where there is no list', () => {
  expect(choicesIn(['b', 'a', 'b'], ['types'])).toEqual(['b', 'a']);
  expect(choicesIn([], ['types'])).toEqual([]);
  expect([choicesIn(null, ['types']), choicesIn(undefined, ['types'])]).toEqual([undefined, undefined]);
});

it('refuses a list that is longer than any could need to be', () => {
  expect(choicesIn(Array(choicesMax).fill('a'), ['types'])).toEqual(['a']);
  expect(() => choicesIn(Array(choicesMax + 1).fill('a'), ['filter', 'status'])).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      field: ['filter', 'status'],
      message: `status may have at most ${choicesMax} entries, not ${choicesMax + 1}; name each once.`,
    }),
  );
});
