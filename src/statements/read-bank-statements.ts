import { InvalidInput } from '../kernel/errors.ts';
import type { BankStatements } from './bank-entry.ts';
import { readCamt } from './read-camt.ts';
import { readMt940 } from './read-mt940.ts';

/** The largest file that is read, in bytes: some thirty thousand movements in XML, which take a few seconds. */
export const fileBytesMax = 16 * 1_048_576;

/**
 * Reads a file of a bank: camt.053, camt.054 or MT940, whichever it is by what stands in it. XML is read in the encoding that it
 * names; MT940 in UTF-8 or else in Windows-1250, which Polish banks write (in CP852 names look odd, numbers do not).
 * @throws InvalidInput: one sentence that says what is wrong and where.
 */
export function readBankStatements(bytes: Uint8Array): BankStatements {
  if (bytes.length > fileBytesMax) {
    throw new InvalidInput(`The file has ${bytes.length} bytes; at most ${fileBytesMax} are read, so split it.`);
  }
  // Enough for an XML declaration or an envelope, which are ASCII in all encodings that occur.
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 1_000)).replace(/^ï»¿/, '').trimStart();
  if (start.startsWith('<')) {
    const [, encoding = 'utf-8'] = /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/i.exec(start) ?? [];
    return readCamt(decode(bytes, encoding));
  }
  if (/^(?:\{\d:.*)?:20:/m.test(start) || start.startsWith('{1:')) {
    const text = isUtf8(bytes) ? decode(bytes, 'utf-8') : decode(bytes, 'windows-1250');
    return readMt940(text);
  }
  throw new InvalidInput('Line 1: this is neither camt.053, camt.054 (XML) nor MT940 (:20: …).');
}

function decode(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const why = error instanceof RangeError ? 'is an unknown encoding' : 'is not what the file is written in';
    throw new InvalidInput(`Line 1: ${JSON.stringify(encoding)} ${why}.`);
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
