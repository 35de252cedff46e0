import { describe, expect, it } from 'vitest';
import { endonym, locales, negotiateLocale, parseLocale } from '../../../src/kernel/i18n/locales.ts';

describe('parseLocale', () => {
  it('reads a language in any case, with or without a region', () => {
    for (const text of ['pl', 'PL', 'pl-PL', 'pl_PL', ' pl ']) expect(parseLocale(text)).toBe('pl');
  });

  it('takes uk for Ukrainian and does not know the United Kingdom', () => {
    expect(parseLocale('uk-UA')).toBe('uk');
    expect(parseLocale('gb')).toBeUndefined();
  });

  it('refuses what is none of the twelve languages', () => {
    for (const text of ['', 'nl', 'polish', '../en', 'plx']) expect(parseLocale(text)).toBeUndefined();
  });
});

describe('negotiateLocale', () => {
  it('follows path, query, stored wish and header in this order', () => {
    const wishes = { path: 'en', query: 'pl', stored: 'uk', acceptLanguage: 'pl' };
    expect(negotiateLocale(wishes)).toBe('en');
    expect(negotiateLocale({ ...wishes, path: undefined })).toBe('pl');
    expect(negotiateLocale({ stored: 'uk', acceptLanguage: 'pl' })).toBe('uk');
    expect(negotiateLocale({ acceptLanguage: 'uk-UA,uk;q=0.9' })).toBe('uk');
  });

  it('passes over languages that are none of ours and over nonsense', () => {
    expect(negotiateLocale({ path: 'payment', query: 'nl', acceptLanguage: 'uk' })).toBe('uk');
  });

  it('takes the heaviest language of the header, not the first', () => {
    expect(negotiateLocale({ acceptLanguage: 'en;q=0.5, pl;q=0.4, uk;q=0.9' })).toBe('uk');
  });

  it('never takes a language with weight 0', () => {
    expect(negotiateLocale({ acceptLanguage: 'pl;q=0, uk;q=0.1' })).toBe('uk');
  });

  it('answers in Polish when nothing was asked for', () => {
    expect(negotiateLocale({})).toBe('pl');
    expect(negotiateLocale({ path: '', acceptLanguage: '' })).toBe('pl');
    expect(negotiateLocale({ acceptLanguage: '*' })).toBe('pl');
  });

  it('answers in English when only languages were asked for that we lack', () => {
    expect(negotiateLocale({ acceptLanguage: 'nl-NL,nl;q=0.9' })).toBe('en');
    expect(negotiateLocale({ query: 'nl' })).toBe('en');
  });

  it('survives a header that is no language list', () => {
    expect(negotiateLocale({ acceptLanguage: ';;q=x,,=,\u0000' })).toBe('en');
    expect(negotiateLocale({ acceptLanguage: 'x'.repeat(100_000) })).toBe('en');
  });
});

describe('endonym', () => {
  it('names every language in that language, with a capital', () => {
    expect(locales.map(endonym)).toEqual([
      'Polski',
      'English',
      'Deutsch',
      'Українська',
      'Français',
      'Español',
      'Slovenščina',
      'Русский',
      'Čeština',
      'Slovenčina',
      'Italiano',
      'Lietuvių',
    ]);
  });
});
