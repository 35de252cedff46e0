import { expect, it } from 'vitest';
import { NotFound } from '../../src/kernel/errors.ts';
import { nameFaults } from '../../src/kernel/name-faults.ts';
import { parseText } from '../../src/kernel/text.ts';

type Input = { readonly id?: string; readonly names: readonly string[] };

/** Reads an input of names, and counts how often; an `id` of nothing is refused otherwise. */
function reading() {
  let times = 0;
  return {
    times: () => times,
    read: ({ id, names }: Input) => {
      times += 1;
      if (id === '') throw new NotFound('No such thing.', ['id']);
      return names.map((name, place) => parseText(name, ['names', String(place)], { max: 40_000 }));
    },
    recheck: () => {},
    standIns: { 'names.*': 'name' },
  };
}

it('reads a good input once', () => {
  const reader = reading();
  expect(nameFaults({ names: ['a', 'b'] }, reader)).toEqual(['a', 'b']);
  expect(reader.times()).toBe(1);
});

it('gives one fault as it was thrown', () => {
  const message = '1 must have 1 to 40000 characters, not 0.';
  expect(() => nameFaults({ names: ['a', ''] }, reading())).toThrow(expect.objectContaining({ message }));
});

it('gives what is refused for another reason as it is, alone or behind a fault', () => {
  expect(() => nameFaults({ id: '', names: [''] }, reading())).toThrow(NotFound);
  const recheck = () => {
    throw new NotFound('No such thing.', ['id']);
  };
  const message = '0 must have 1 to 40000 characters, not 0.';
  expect(() => nameFaults({ names: [''] }, { ...reading(), recheck })).toThrow(expect.objectContaining({ message }));
});

it('reads a large input with faults no more than a few times', () => {
  const reader = reading();
  expect(() => nameFaults({ names: ['', '', '', 'x'.repeat(40_000)] }, reader)).toThrow(
    /^Several .*names\.0 must .*names\.1 must .*There may be more\.$/,
  );
  expect(reader.times()).toBe(2);
  const large = reading();
  expect(() => nameFaults({ names: ['', '', 'x'.repeat(70_000)] }, large)).toThrow(/^0 must have/);
  expect(large.times()).toBe(1);
});
