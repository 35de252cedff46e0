import { hash } from 'node:crypto';
import { InvalidInput, Refusal } from './errors.ts';
import { refuseCardNumber } from './text.ts';

/** The same idempotency key came before with another input. */
export class IdempotencyKeyReused extends Refusal {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor() {
    super('This idempotency key was used before with another input; repeat that input or take a new key.', [
      'idempotencyKey',
    ]);
  }
}

/**
 * Takes the key under which a caller may safely repeat a mutation: 1 to 255 characters.
 * @throws InvalidInput when it is empty or longer, or holds a card number or what no text column keeps as it is.
 */
export function parseIdempotencyKey(key: string): string {
  if (key.length < 1 || key.length > 255) {
    throw new InvalidInput(`The idempotency key must have 1 to 255 characters, not ${key.length}.`, ['idempotencyKey']);
  }
  // The database would keep half a character as another one, and a repeated call would not find its row.
  if (key.includes('\0') || !key.isWellFormed()) {
    throw new InvalidInput('The idempotency key may hold no zero characters and no broken letters.', [
      'idempotencyKey',
    ]);
  }
  refuseCardNumber(key, ['idempotencyKey']);
  return key;
}

/** SHA-256 over a parsed input, the same for equal inputs whatever the order in which their fields were written. */
export function hashInput(input: object): Buffer {
  return hash('sha256', canonical(input), 'buffer');
}

function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const fields: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const field = (value as Record<string, unknown>)[name];
    if (field !== undefined && field !== null) fields.push(`${JSON.stringify(name)}:${canonical(field)}`);
  }
  return `{${fields.join()}}`;
}
