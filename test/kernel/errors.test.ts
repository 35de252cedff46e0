import { expect, it } from 'vitest';
import { InvalidInput, NotFound } from '../../src/kernel/errors.ts';

it('A refusal shows no card number, whatever it was made of', () => {
  const refusal = new InvalidInput('title must not be 4111 1111 1111 1111.', ['multipayout', '5555555555554444']);
  expect(refusal.message).toBe('title must not be [card number removed].');
  expect(refusal.field).toEqual(['multipayout', '[card number removed]']);
  expect(refusal.stack).not.toMatch(/4111|5555/);
  expect(new NotFound('No payment has this id.')).toMatchObject({
    message: 'No payment has this id.',
    field: undefined,
  });
});
