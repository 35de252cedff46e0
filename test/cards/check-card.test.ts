import { describe, expect, it } from 'vitest';
import { type CardForm, type CardProblem, checkCard } from '../../src/cards/check-card.ts';

const now = new Date('2026-03-02T10:00:00.000Z');
const good: CardForm = { number: '4111 1111 1111 1111', expiry: '12/29', cvv: '123', name: 'Łucja Nowak-Żak' };

/** The codes of what is wrong with the good card after these changes. */
function codesOf(changes: Partial<CardForm>): string[] {
  const checked = checkCard({ ...good, ...changes }, now);
  return 'problems' in checked ? checked.problems.map(({ code }) => code) : [];
}

describe('A card', () => {
  it('is read to its number, brand and expiry, and nothing else', () => {
    expect(checkCard(good, now)).toEqual({
      data: { number: '4111111111111111', brand: 'VISA', expiry: { month: 12, year: 2029 } },
    });
  });

  it.each([
    '4111111111111111',
    ' 4111-1111-1111-1111 ',
    '4111\u00a01111\u00a01111\u00a01111',
    '4111.1111.1111.1111',
    '41 1111 1111111111',
  ])('may be typed as %j', (number) => {
    expect(checkCard({ ...good, number }, now)).toMatchObject({ data: { number: '4111111111111111' } });
  });

  it.each<[keyof CardForm, string, CardProblem['code']]>([
    ['number', '', 'NUMBER_MISSING'],
    ['number', ' - ', 'NUMBER_MISSING'],
    ['number', '4111 1111 1111 1112', 'NUMBER_INVALID'],
    ['number', '4111 1111 1111 111', 'NUMBER_INVALID'],
    ['number', '4111111111111111x', 'NUMBER_INVALID'],
    ['number', '9111111111111111', 'NUMBER_INVALID'],
    ['number', '1'.repeat(100_000), 'NUMBER_INVALID'],
    ['number', '3714 496353 98431', 'BRAND_NOT_TAKEN'],
    ['number', '6759649826438453', 'BRAND_NOT_TAKEN'],
    ['expiry', '', 'EXPIRY_MISSING'],
    ['expiry', '  ', 'EXPIRY_MISSING'],
    ['expiry', '13/29', 'EXPIRY_INVALID'],
    ['expiry', '12/99', 'EXPIRY_INVALID'],
    ['expiry', '02/26', 'EXPIRY_PAST'],
    ['expiry', '12/2025', 'EXPIRY_PAST'],
    ['cvv', '', 'CVV_MISSING'],
    ['cvv', '12', 'CVV_INVALID'],
    ['cvv', '1234', 'CVV_INVALID'],
    ['cvv', '12a', 'CVV_INVALID'],
    ['cvv', '１２３', 'CVV_INVALID'],
    ['name', '', 'NAME_MISSING'],
    ['name', ' ', 'NAME_MISSING'],
    ['name', 'J', 'NAME_INVALID'],
    ['name', 'x'.repeat(101), 'NAME_INVALID'],
    ['name', 'Jan 4111111111111111', 'NAME_INVALID'],
    ['name', 'Jan Kowalski 2', 'NAME_INVALID'],
    ['name', 'Jan\nKowalski', 'NAME_INVALID'],
    ['name', 'Jan\u202eKowalski', 'NAME_INVALID'],
    ['name', '---', 'NAME_INVALID'],
  ])('with the %s %j has the problem %s', (field, value, code) => {
    const checked = checkCard({ ...good, [field]: value }, now);
    expect(checked).toEqual({ problems: [{ field, code }] });
  });

  it.each(['Łucja Nowak-Żak', "O'Neil", 'J. R. von der Leyen', '李小龍', 'Іван Шевченко', 'JK', 'x'.repeat(100)])(
    'may belong to %s',
    (name) => {
      expect(codesOf({ name })).toEqual([]);
    },
  );

  it('that expires this month is good', () => {
    expect(codesOf({ expiry: '03/26' })).toEqual([]);
  });

  it('shows all that is wrong with it at once, in the order of the form, and no value', () => {
    const wrong = { number: '4111111111111112', expiry: '01/20', cvv: '98765', name: '4111111111111111' };
    const checked = checkCard(wrong, now);
    expect(codesOf(wrong)).toEqual(['NUMBER_INVALID', 'EXPIRY_PAST', 'CVV_INVALID', 'NAME_INVALID']);
    expect(codesOf({ number: '', expiry: '', cvv: '', name: '' })).toHaveLength(4);
    for (const value of Object.values(wrong)) expect(JSON.stringify(checked)).not.toContain(value);
  });
});
