import { GraphQLError, Kind, valueFromASTUntyped } from 'graphql';
import { builder } from './builder.ts';

const wholeMax = BigInt(Number.MAX_SAFE_INTEGER);

function invalid(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'INVALID_INPUT' } });
}

/** What a whole number scalar takes, and what it is called in a refusal. */
type Whole = { readonly min: bigint; readonly what: string };

function parseWhole(value: unknown, { min, what }: Whole): bigint {
  // Anything but a number may be large or deep, and is not said back.
  if (typeof value !== 'number') throw invalid(`Expected ${what}, not ${kindOf(value)}.`);
  if (!Number.isInteger(value)) throw invalid(`Expected ${what}, not ${value}.`);
  if (!Number.isSafeInteger(value) || BigInt(value) < min) {
    throw invalid(`Expected ${what}, from ${min} to ${wholeMax}, not ${value}.`);
  }
  return BigInt(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  const kinds: Partial<Record<string, string>> = { string: 'a text', boolean: 'true or false' };
  return kinds[typeof value] ?? 'an object';
}

function serializeWhole(value: unknown): number {
  const number = Number(value);
  if (typeof value !== 'bigint' || !Number.isSafeInteger(number)) throw new Error(`${value} is no whole number.`);
  return number;
}

function parseText(value: unknown, what: string): string {
  if (typeof value !== 'string') throw invalid(`Expected ${what} as a text.`);
  return value;
}

const isoMoment = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** The language takes the 30th of February for the 2nd of March. */
function isDay(text: string | undefined): text is string {
  const day = new Date(`${text}T00:00:00Z`);
  return text !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function parseMoment(value: unknown): Date {
  const text = typeof value === 'string' ? value : '';
  const moment = isDay(isoMoment.exec(text)?.[1]) ? new Date(text) : undefined;
  if (!moment || Number.isNaN(moment.getTime())) {
    throw invalid('Expected a moment with its offset, such as 2026-12-31T23:59:59Z or 2026-12-31T23:59:59+01:00.');
  }
  return moment;
}

function parseDate(value: unknown): string {
  const text = parseText(value, 'a date');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !isDay(text)) throw invalid('Expected a date such as 2026-12-31.');
  return text;
}

for (const [name, whole, description] of [
  ['Count', { min: 0n, what: 'a whole number' }, 'A whole number 0..2^53-1, as a JSON integer.'],
  [
    'MinorUnits',
    { min: -wholeMax, what: 'a whole number of minor units (1050 is 10.50), without quotation marks' },
    'A whole number of minor units (grosz, cent), -(2^53-1)..2^53-1, as a JSON integer.',
  ],
] as const) {
  builder.scalarType(name, {
    description,
    serialize: serializeWhole,
    parseValue: (value) => parseWhole(value, whole),
    // A literal is text in the document, and one that is written with a point or an exponent is no integer.
    parseLiteral: (node) => {
      if (node.kind === Kind.FLOAT) throw invalid(`Expected ${whole.what}, not ${node.value}.`);
      return parseWhole(node.kind === Kind.INT ? Number(node.value) : valueFromASTUntyped(node), whole);
    },
  });
}

builder.scalarType('DateTime', {
  description: 'A moment, ISO 8601 with an offset; answers are in UTC with milliseconds: 2026-12-31T22:59:59.000Z.',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parseMoment,
});
builder.scalarType('Date', {
  description: 'A calendar day in Europe/Warsaw: 2026-12-31.',
  serialize: (value) => value,
  parseValue: parseDate,
});
builder.scalarType('Cursor', {
  description: 'A place in the event log of one shop. Opaque: keep it as it is and give it back in `after`.',
  serialize: (value) => value,
  parseValue: (value) => parseText(value, 'a cursor'),
});
builder.scalarType('URL', {
  description: 'An absolute http or https address of at most 300 characters, kept byte for byte.',
  serialize: (value) => value,
  parseValue: (value) => parseText(value, 'an address'),
});
