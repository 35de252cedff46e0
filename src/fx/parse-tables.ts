import { z } from 'zod';
import { InvalidInput } from '../kernel/errors.ts';
import { checkTable, type RawTable } from './check-table.ts';
import type { RateTable } from './model.ts';

/**
 * Reads the tables of a file of the National Bank of Poland: the XML of its archive (`a001z260102.xml`, one table) or the
 * JSON of its interface (`/exchangerates/tables/A/…`, a list of tables). Numbers are read as they are written and never
 * become floating-point numbers. Pure.
 * @throws InvalidInput: the file is neither, or a table in it is not as it should be.
 */
export function parseTables(text: string): readonly RateTable[] {
  const bare = text.replace(/^(?:\ufeff|\u00ef\u00bb\u00bf)/, '').trim();
  return (bare.startsWith('<') ? [parseXml(bare)] : parseJson(bare)).map(checkTable);
}

const notXml = 'This XML is no table of the NBP: it must hold one <tabela_kursow typ="A">, as in a001z260102.xml.';
const document = /^(?:<\?xml[^<>]*\?>)?\s*<tabela_kursow\s([^<>]*)>([\s\S]*)<\/tabela_kursow>$/;
const position = /<pozycja>([\s\S]*?)<\/pozycja>/g;

function parseXml(text: string): RawTable {
  const [, attributes, body] = document.exec(text) ?? [];
  if (attributes === undefined || body === undefined) throw new InvalidInput(notXml);
  const head = leavesOf(body.replaceAll(position, ''));
  const positions = Array.from(body.matchAll(position), ([, inner = '']) => leavesOf(inner));
  return {
    kind: /(?:^|\s)typ="([^"]*)"/.exec(attributes)?.[1],
    number: head.get('numer_tabeli'),
    effectiveDate: head.get('data_publikacji'),
    rates: positions.map((leaves) => ({
      code: leaves.get('kod_waluty'),
      rate: leaves.get('kurs_sredni'),
      units: leaves.get('przelicznik'),
    })),
  };
}

/** The elements of a text that has nothing but elements with text in them, each once. */
function leavesOf(text: string): Map<string, string> {
  const leaf = /\s*<(\w+)>([^<>]*)<\/\1>\s*/y;
  const leaves = new Map<string, string>();
  let end = 0;
  for (let match = leaf.exec(text); match; match = leaf.exec(text)) {
    const [, name = '', value = ''] = match;
    if (leaves.has(name)) throw new InvalidInput(`This XML has <${name}> twice where it must stand once.`);
    leaves.set(name, value.trim());
    end = leaf.lastIndex;
  }
  if (text.slice(end).trim() !== '') throw new InvalidInput(notXml);
  return leaves;
}

const notJson =
  'This is neither XML nor the JSON of the NBP: a list of tables, each with table, no, effectiveDate and rates.';

/** Numbers are texts here: `keepNumbers` has put what was written in their place. */
const listed = z.array(
  z.object({
    table: z.string(),
    no: z.string(),
    effectiveDate: z.string(),
    rates: z.array(z.object({ code: z.string(), mid: z.string() })),
  }),
);

function parseJson(text: string): RawTable[] {
  const { data: tables } = listed.safeParse(readJson(text));
  if (!tables || tables.length === 0) throw new InvalidInput(notJson);
  return tables.map(({ table, no, effectiveDate, rates }) => ({
    kind: table,
    number: no,
    effectiveDate,
    rates: rates.map(({ code, mid }) => ({ code, rate: mid, units: '1' })),
  }));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text, keepNumbers);
  } catch {
    return undefined;
  }
}

/** ECMAScript tells a reviver what was written, so that 4.2345 need not go through a floating-point number. */
function keepNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? context?.source : value;
}
