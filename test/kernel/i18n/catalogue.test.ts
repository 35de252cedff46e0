import { describe, expect, it } from 'vitest';
import { createTranslator } from '../../../src/kernel/i18n/catalogue.ts';

const polish = { days: '{n, plural, one {# dzień} few {# dni} many {# dni} other {# dnia}}', hello: 'Cześć, {name}!' };

describe('createTranslator', () => {
  it('fills a message and follows the plural rules of the language', () => {
    const t = createTranslator('pl', polish);
    expect([1, 3, 5, 22].map((n) => t('days', { n }))).toEqual(['1 dzień', '3 dni', '5 dni', '22 dni']);
    expect(t('hello', { name: 'Ola' })).toBe('Cześć, Ola!');
  });

  it('leaves values and tags as they are: text never becomes a message or markup', () => {
    const t = createTranslator('en', { hello: '<b>{name}</b>' });
    expect(t('hello', { name: '{n} <i>' })).toBe('<b>{n} <i></b>');
  });
});
