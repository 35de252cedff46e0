import { InvalidInput } from '../../kernel/errors.ts';
import type { FormFields } from '../../kernel/signature.ts';

/** Largest form that is read; a form at each of these limits still passes. */
export const formLimits = { bytes: 262_144, fields: 500, levels: 5, nameLength: 200 } as const;

type OpenFields = { [name: string]: string | OpenFields };

const nestedName = /^([^[\]]+)((?:\[[^[\]]*\])+)$/;

/**
 * Reads an `application/x-www-form-urlencoded` body, or a query string without its `?`. `billing[city]` becomes the
 * field `city` in `billing`, `a[]` takes the next free number, and of equal names the last one counts, all as in PHP,
 * in which most shops are written; names are else kept as sent. Objects have no prototype, so any name is safe.
 * @throws InvalidInput when it is too large, or is not well-formed percent-encoded UTF-8.
 */
export function parseForm(raw: string | Buffer): FormFields {
  if (typeof raw === 'string' && !raw.isWellFormed()) throw notUtf8();
  const bytes = typeof raw === 'string' ? Buffer.from(raw) : raw;
  if (bytes.length > formLimits.bytes) throw new InvalidInput(`The form is larger than ${formLimits.bytes} bytes.`);
  // One character per byte: escapes can be undone before the bytes are read as UTF-8.
  const pairs = bytes.toString('latin1').split('&').filter(Boolean);
  if (pairs.length > formLimits.fields) {
    throw new InvalidInput(`The form has more than ${formLimits.fields} fields; send fewer.`);
  }
  const fields = emptyFields();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    place(fields, pathOf(name), equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return fields;
}

/** Undoes `+` and `%XX`, then reads the bytes as UTF-8, keeping every character, a byte order mark too. */
function decode(encoded: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(encoded)) {
    throw new InvalidInput('The form holds a % that is not followed by two hexadecimal digits; write it as %25.');
  }
  const bytes = encoded
    .replaceAll('+', ' ')
    .replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    throw notUtf8();
  }
}

function notUtf8(): InvalidInput {
  return new InvalidInput('The form is not UTF-8; encode it as UTF-8 before signing and sending.');
}

/** Splits `a[b][c]` into its steps; a name whose brackets do not match up is one plain step. */
function pathOf(name: string): string[] {
  if (name.length > formLimits.nameLength) {
    throw new InvalidInput(`A field name is longer than ${formLimits.nameLength} characters; shorten it.`);
  }
  // Such a name would write several fields into the text that is signed.
  if (/[&=]/.test(name)) throw new InvalidInput('A field name holds & or =; rename the field.');
  const [, first, rest] = nestedName.exec(name) ?? [];
  if (first === undefined || rest === undefined) return [name];
  const path = [first, ...rest.slice(1, -1).split('][')];
  if (path.length > formLimits.levels) {
    throw new InvalidInput(`A field name has more than ${formLimits.levels} levels of brackets; nest less deeply.`);
  }
  return path;
}

function place(fields: OpenFields, path: readonly string[], value: string): void {
  let inner = fields;
  path.forEach((step, level) => {
    const name = step === '' && level > 0 ? nextNumber(inner) : step;
    if (level === path.length - 1) {
      inner[name] = value;
      return;
    }
    const existing = inner[name];
    const next = typeof existing === 'object' ? existing : emptyFields();
    inner[name] = next;
    inner = next;
  });
}

function emptyFields(): OpenFields {
  return Object.create(null) as OpenFields;
}

function nextNumber(fields: OpenFields): string {
  const numbers = Object.keys(fields).filter((name) => /^(?:0|[1-9][0-9]{0,14})$/.test(name));
  return String(numbers.reduce((highest, name) => Math.max(highest, Number(name)), -1) + 1);
}
