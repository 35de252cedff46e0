import { checkDigitOf } from '../support/card-numbers.ts';

/** Gives out card numbers, each once, and remembers them. */
export type SentNumbers = {
  /** A new one, in digits. */
  next(): string;
  /** A new one, in the next of the usual writings. */
  written(): string;
  /** How many have been given out. */
  readonly count: number;
  /** Those that can be found in a text, however it is written or encoded. */
  findIn(text: string): string[];
};

const length = 16;
const separators = ['', ' ', '-', '.', '\u00a0'];

/** Makes the source of numbers: Visa numbers of no bank that we know of. */
export function createSentNumbers(): SentNumbers {
  const sent = new Set<string>();
  const next = (): string => {
    const body = `4539${String(sent.size + 1).padStart(length - 5, '0')}`;
    const number = `${body}${checkDigitOf(body)}`;
    sent.add(number);
    return number;
  };
  return {
    next,
    written: () => {
      const number = next();
      return (number.match(/.{4}/g) ?? []).join(separators[sent.size % separators.length]);
    },
    get count() {
      return sent.size;
    },
    findIn: (text) => {
      const found = new Set<string>();
      for (const reading of readingsOf(text)) {
        for (const [digits] of reading.replaceAll(/[\s\u00a0.+-]/g, '').matchAll(/\d{16,}/g)) {
          for (let at = 0; at + length <= digits.length; at += 1) {
            const window = digits.slice(at, at + length);
            if (sent.has(window)) found.add(window);
          }
        }
      }
      return [...found];
    },
  };
}

/** A text as it stands, and what it says when its encodings are undone. */
function readingsOf(text: string): string[] {
  const readings = [text];
  for (const undo of [undoEscapes, undoPercents, undoPercents, undoEntities])
    readings.push(undo(readings.at(-1) ?? ''));
  const bytes = [...text.matchAll(/\\x((?:[0-9a-f]{2}){8,})/g)].map(([, hex = '']) => Buffer.from(hex, 'hex'));
  const packed = [...text.matchAll(/[A-Za-z0-9+/_-]{20,}/g)].map(([base64]) => Buffer.from(base64, 'base64'));
  return [...readings, ...[...bytes, ...packed].map((part) => part.toString('latin1'))];
}

/** JSON's `\u0034`, `\"` and the like. */
function undoEscapes(text: string): string {
  return text
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\[a-z"\\/]/g, ' ');
}

function undoPercents(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (all) => Buffer.from(all.replaceAll('%', ''), 'hex').toString('utf8'));
}

function undoEntities(text: string): string {
  return text.replaceAll(/&#(x?)([0-9a-f]+);/gi, (_, x: string, code: string) =>
    String.fromCodePoint(Number.parseInt(code, x === '' ? 10 : 16)),
  );
}
