import { describe, expect, it } from 'vitest';
import { limitText, spellOut } from '../../src/statements/limit-text.ts';

const sepa = (text: string, max = 70): string => limitText(text, { letters: 'SEPA', max });
const polish = (text: string, max = 70): string => limitText(text, { letters: 'POLISH', max });

describe('A text for a bank', () => {
  it.each([
    ['Zażółć gęślą jaźń', 'Zazolc gesla jazn', 'Zażółć gęślą jaźń'],
    ['ŁÓDŹ', 'LODZ', 'ŁÓDŹ'],
    // An accent as a character of its own.
    ['Z\u0307abka', 'Zabka', 'Żabka'],
    ['Müller & Söhne Straße', 'Muller + Sohne Strasse', 'Muller + Sohne Strasse'],
    ['Ærø Œuvre Þór Đuro', 'AEro OEuvre THor Duro', 'AEro OEuvre THór Duro'],
    ['„Sklep” “X” it’s `y`', "'Sklep' 'X' it's 'y'", "'Sklep' 'X' it's 'y'"],
    ['a_b–c—d~e;f', 'a-b-c-d-e,f', 'a-b-c-d-e,f'],
    ['[a]{b}\\c|d', '(a)(b)/c/d', '(a)(b)/c/d'],
    ['5 € < 6 @ 7 # 8', '5 EUR . 6 . 7 . 8', '5 EUR . 6 . 7 . 8'],
    ['Київ', '....', '....'],
    ['shop 🛒 1', 'shop . 1', 'shop . 1'],
    ['a\nb\tc\u00a0d\u0000e\u200bf', 'a b c def', 'a b c def'],
    ['  a   b  ', 'a b', 'a b'],
    ['//a//b///c/', 'a/b/c', 'a/b/c'],
    ["A-z 0/9?:().,'+", "A-z 0/9?:().,'+", "A-z 0/9?:().,'+"],
    ['', 'NOTPROVIDED', 'NOTPROVIDED'],
    [' / / ', 'NOTPROVIDED', 'NOTPROVIDED'],
  ])('%j is %j, and in Polish %j', (text, latin, inPolish) => {
    expect([sepa(text), polish(text)]).toEqual([latin, inPolish]);
  });

  it('is cut to its length, and does not end with what must not stand there', () => {
    expect(sepa('ß'.repeat(20), 11)).toBe('sssssssssss');
    expect(sepa('1234567890/ 34', 11)).toBe('1234567890');
  });

  it('is spelt out alone where its length and its spaces have to stay', () => {
    expect(spellOut('/Zażółć//  ß_1\n', 'SEPA')).toBe('/Zazolc//  ss-1 ');
  });
});
