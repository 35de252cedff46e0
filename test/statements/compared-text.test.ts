import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCardNumber } from '../../src/kernel/card-schemes.ts';
import { comparedText } from '../../src/statements/compared-text.ts';
import { anyCardNumber } from '../support/card-numbers.ts';

/** The rule as decision 0060 says it, of digits in a row: slow, and plain to read. */
function withoutMiddle(digits: string): string {
  const kept = [...digits];
  for (let start = 0; start < digits.length; start += 1) {
    for (let size = 14; size <= Math.min(19, digits.length - start); size += 1) {
      if (isCardNumber(digits.slice(start, start + size))) kept.fill('*', start + 6, start + size - 4);
    }
  }
  return kept.join('');
}

const digits = fc.array(fc.nat(9), { maxLength: 30 }).map((list) => list.join(''));
const rowOfDigits = fc
  .array(fc.oneof(digits, anyCardNumber, fc.constantFrom('4'.repeat(40), '0'.repeat(20), '4111111111111111')), {
    maxLength: 5,
  })
  .map((parts) => parts.join(''));

describe('What of a text is compared', () => {
  it('has no middle digits of any card number that its digits may be, whichever of them overlap', () => {
    fc.assert(
      fc.property(rowOfDigits, (row) => {
        expect(comparedText(`za ${row}.`)).toBe(`ZA${withoutMiddle(row)}`);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['FV/12 4111-1111\n1111 1111', 'FV12411111******1111'],
    ['411%31111111111111', '411111******1111'],
    ['67596498%3\n26438453', '675964******8453'],
    ['15%20PLN 4111 1111 1111 1111', '1520PLN411111******1111'],
  ])('of %j is %s', (text, compared) => {
    expect(comparedText(text)).toBe(compared);
  });

  it('is found quickly, also of nothing but digits', () => {
    // With a look at each number that may begin at a place, a megabyte of digits took 2 to 8 seconds of the processor.
    const before = process.cpuUsage();
    for (const piece of ['4111111111111111', '7']) {
      expect(comparedText(piece.repeat(1_000_000 / piece.length))).toHaveLength(1_000_000);
    }
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(2_000);
  });
});
