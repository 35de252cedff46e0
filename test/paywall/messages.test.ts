import { readdirSync, readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { locales } from '../../src/kernel/i18n/locales.ts';
import { catalogues, type MessageKey } from '../../src/paywall/messages/catalogues.ts';

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

const keys = Object.keys(catalogues.pl) as MessageKey[];

describe.each(locales)('The texts in %s', (locale) => {
  const messages = catalogues[locale];

  it('have the same keys as the Polish ones', () => {
    expect(Object.keys(messages).sort()).toEqual([...keys].sort());
  });

  it('take the same arguments as the Polish ones', () => {
    for (const key of keys) {
      expect([key, ...argumentsOf(parse(messages[key], locale))]).toEqual([
        key,
        ...argumentsOf(parse(catalogues.pl[key], 'pl')),
      ]);
    }
  });

  it('name every plural category of the language', () => {
    const categories = [...new Intl.PluralRules(locale).resolvedOptions().pluralCategories].sort();
    for (const key of keys) {
      for (const element of parse(messages[key], locale).flatMap(selfAndInner)) {
        if ('pluralType' in element)
          expect([key, ...Object.keys(element.options).sort()]).toEqual([key, ...categories]);
      }
    }
  });

  it('are never empty, and never begin or end with a space', () => {
    for (const key of keys) expect([key, messages[key]]).toEqual([key, messages[key].trim() || 'a text']);
  });

  it('write BLIK in capitals', () => {
    for (const key of keys) expect(messages[key]).not.toMatch(/\b(?:blik|Blik)/);
  });
});

describe('The catalogues', () => {
  it('cover every JSON file beside them', () => {
    const files = readdirSync('src/paywall/messages').filter((file) => file.endsWith('.json'));
    expect(files.map((file) => file.slice(0, -5)).sort()).toEqual([...locales].sort());
  });

  it('hold no text that no page shows', () => {
    const sources = readdirSync('src/paywall', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(`src/paywall/${file}`, 'utf8'))
      .join('\n');
    const named = [...sources.matchAll(/['`]((?:\w|\.|\$\{[\w.]+\})+)['`]/g)].map(
      ([, text = '']) => new RegExp(`^${text.replaceAll('.', '\\.').replace(/\$\{[^}]+\}/g, '\\w+')}$`),
    );
    expect(keys.filter((key) => !named.some((name) => name.test(key)))).toEqual([]);
  });
});

function parse(message: string, locale: string): Element[] {
  return new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }).getAst();
}

function selfAndInner(element: Element): Element[] {
  if (!('options' in element)) return [element];
  return [element, ...Object.values(element.options).flatMap((option) => option.value.flatMap(selfAndInner))];
}

function argumentsOf(elements: Element[]): string[] {
  const named = elements
    .flatMap(selfAndInner)
    .flatMap((element) => ('value' in element && element.type !== 0 ? [String(element.value)] : []));
  return [...new Set(named)].sort();
}
