import { describe, expect, it } from 'vitest';
import { createTranslator, localesOf, servedLocale } from '../../../src/kernel/i18n/catalogue.ts';

const catalogues = {
  pl: { days: '{n, plural, one {# dzień} few {# dni} many {# dni} other {# dnia}}', hello: 'Cześć, {name}!' },
  en: { days: '{n, plural, one {# day} other {# days}}', hello: 'Hello, {name}!' },
};

describe('createTranslator', () => {
  it('fills a message and follows the plural rules of the language', () => {
    const t = createTranslator('pl', catalogues);
    expect([1, 3, 5, 22].map((n) => t('days', { n }))).toEqual(['1 dzień', '3 dni', '5 dni', '22 dni']);
    expect(t('hello', { name: 'Ola' })).toBe('Cześć, Ola!');
  });

  it('speaks English, with English plurals, where there is no catalogue', () => {
    expect(createTranslator('sl', catalogues)('days', { n: 2 })).toBe('2 days');
    expect(servedLocale('sl', catalogues)).toBe('en');
    expect(localesOf(catalogues)).toEqual(['pl', 'en']);
  });

  it('leaves values and tags as they are: text never becomes a message or markup', () => {
    const t = createTranslator('en', { ...catalogues, en: { ...catalogues.en, hello: '<b>{name}</b>' } });
    expect(t('hello', { name: '{n} <i>' })).toBe('<b>{n} <i></b>');
  });
});
