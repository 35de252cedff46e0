import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../src/kernel/errors.ts';
import { mayMoveMerchant, merchantMoves } from '../../src/merchants/model.ts';
import { parseIban, parseNip, parseRegon } from '../../src/merchants/parse-identifiers.ts';
import { mayMoveShop, shopMoves } from '../../src/shops/model.ts';

describe('An identifier', () => {
  it.each([
    [parseNip, '5260250274', '5260250274'],
    [parseNip, '526-025-02-74', '5260250274'],
    [parseRegon, '123456785', '123456785'],
    [parseRegon, '12345678512347', '12345678512347'],
    [parseIban, 'PL61109010140000071219812874', 'PL61109010140000071219812874'],
    [parseIban, '61 1090 1014 0000 0712 1981 2874', 'PL61109010140000071219812874'],
    [parseIban, 'pl74999000090000000000000001', 'PL74999000090000000000000001'],
  ])('is taken by %o as %s', (parse, written, kept) => {
    expect(parse(written, ['field'])).toBe(kept);
  });

  it.each([
    [parseNip, '5260250275', /check digit/],
    [parseNip, '5260250270', /check digit/],
    // The sum leaves 10, which no digit is.
    [parseNip, '1234567890', /check digit/],
    [parseNip, '0000000000', /check digit/],
    [parseNip, '526025027', /ten digits/],
    [parseNip, 'PL5260250274', /ten digits/],
    [parseRegon, '123456784', /check digit/],
    [parseRegon, '12345678512346', /check digit/],
    // The branch would be good, the company is not.
    [parseRegon, '12345678412345', /check digit/],
    [parseRegon, '1234567890', /9 digits, or 14/],
    [parseRegon, '000000000', /9 digits, or 14/],
    [parseIban, 'PL61109010140000071219812875', /check digits of this account/],
    [parseIban, 'PL6110901014000007121981287', /26 digits/],
    [parseIban, 'DE89370400440532013000', /accounts in Poland/],
    [parseIban, '', /26 digits/],
  ])('is refused by %o: %s', (parse, written, words) => {
    const refused = () => parse(written, ['a', 'b']);
    expect(refused).toThrow(InvalidInput);
    expect(refused).toThrow(words);
  });

  it('is refused when the number of the bank has a wrong check digit, though the account’s is right', () => {
    const body = '109010150000071219812874';
    const check = String(98n - (BigInt(`${body}252100`) % 97n)).padStart(2, '0');
    expect(() => parseIban(`${check}${body}`, ['iban'])).toThrow('There is no bank with the number 10901015');
  });

  it('is refused when the number of the bank is eight zeros, whose check digits are right', () => {
    expect(() => parseIban('PL31000000000000071219812874', ['iban'])).toThrow(
      'There is no bank with the number 00000000',
    );
  });

  it('of accounts is refused for every single wrong digit, and for two neighbours exchanged', () => {
    const good = '61109010140000071219812874';
    for (let place = 0; place < good.length; place += 1) {
      for (const digit of '0123456789') {
        const wrong = `${good.slice(0, place)}${digit}${good.slice(place + 1)}`;
        if (wrong !== good) expect(() => parseIban(wrong, [])).toThrow(InvalidInput);
      }
      const [one, other] = [good[place], good[place + 1]];
      const swapped = `${good.slice(0, place)}${other ?? ''}${one}${good.slice(place + 2)}`;
      if (swapped !== good) expect(() => parseIban(swapped, [])).toThrow(InvalidInput);
    }
  });
});

describe('States', () => {
  it('of a merchant lead from the application to the end, and never back', () => {
    const pairs = (Object.keys(merchantMoves) as (keyof typeof merchantMoves)[]).flatMap((from, _, all) =>
      all.filter((to) => mayMoveMerchant(from, to)).map((to) => `${from} ${to}`),
    );
    expect(pairs).toEqual([
      ...['APPLIED SIGNED', 'APPLIED REFUSED', 'SIGNED ACTIVE', 'SIGNED REFUSED', 'ACTIVE NOTICE', 'NOTICE TERMINATED'],
    ]);
  });

  it('of a shop: only a suspended one is closed, and a refused or closed one stays so', () => {
    const pairs = (Object.keys(shopMoves) as (keyof typeof shopMoves)[]).flatMap((from, _, all) =>
      all.filter((to) => mayMoveShop(from, to)).map((to) => `${from} ${to}`),
    );
    expect(pairs).toEqual([
      ...['SUBMITTED ACTIVE', 'SUBMITTED REFUSED', 'ACTIVE SUSPENDED', 'SUSPENDED ACTIVE', 'SUSPENDED CLOSED'],
    ]);
  });
});
