import { hash, randomBytes } from 'node:crypto';
import { InvalidInput } from '../kernel/errors.ts';
import { type Scope, scopes } from './actor.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const keyPattern = /^(bk|bo)_(test|live)_([0-9A-Za-z]{43})([0-9a-f]{8})$/;

/** So many keys of one kind that are good, neither revoked nor expired, a merchant may make: people have to see through them. */
export const goodKeysMax = 100;

/** Keys of the sandbox say so, and work nowhere else. */
export type KeyMode = 'test' | 'live';

/**
 * Makes an API key: `bk_test_` or `bk_live_`, 43 random characters (256 bits) and an 8-digit checksum, so that a
 * mistyped key is recognised without a look into the database.
 */
export function newApiKey(mode: KeyMode): string {
  return newKey('bk', mode);
}

/** Makes a key of an operator: `bo_test_` or `bo_live_`, otherwise like an API key. */
export function newOperatorKey(mode: KeyMode): string {
  return newKey('bo', mode);
}

/** Makes a token for the imoje REST door: 64 lower-case letters and digits (imoje protocol, section 0). */
export function newRestToken(): string {
  return randomText(64, '0123456789abcdefghijklmnopqrstuvwxyz');
}

/** Makes a service key: 36 characters `[A-Za-z0-9_-]` (imoje protocol, section 0). */
export function newServiceKey(): string {
  return randomText(36, `${alphabet}-_`);
}

/** Says whether a text can be an API key of this mode at all, by its form and checksum. */
export function isApiKey(text: string, mode: KeyMode): boolean {
  return isKey(text, 'bk', mode);
}

/** Says whether a text can be a key of an operator in this mode at all, by its form and checksum. */
export function isOperatorKey(text: string, mode: KeyMode): boolean {
  return isKey(text, 'bo', mode);
}

/** Says whether a text can be a token of the imoje REST door at all, by its form. */
export function isRestToken(text: string): boolean {
  return /^[0-9a-z]{64}$/.test(text);
}

/** Longer than any key or token with the word before it; blanks between them are as many as somebody likes to send. */
export const headerLengthMax = 256;

/** The key or token that a header `Authorization` shows, or undefined when it shows none, or is longer than it can be. */
export function shownKey(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > headerLengthMax) return undefined;
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
}

/** The header in its one spelling, in which it may be kept, or undefined when it shows no key. */
export function plainHeader(authorization: string | undefined): string | undefined {
  const key = shownKey(authorization);
  return key === undefined ? undefined : `Bearer ${key}`;
}

/** What is stored instead of a key. The key is random, so a plain hash cannot be guessed back. */
export function hashKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/**
 * Takes the scopes of a new key.
 * @throws InvalidInput when there is none or one is unknown.
 */
export function parseScopes(names: readonly string[]): Scope[] {
  const unknown = names.find((name) => !Object.hasOwn(scopes, name));
  if (unknown !== undefined || names.length === 0) {
    const problem = unknown === undefined ? 'A key needs at least one scope' : 'There is no such scope';
    throw new InvalidInput(`${problem}; take some of ${Object.keys(scopes).join(', ')}.`, ['scopes']);
  }
  return [...new Set(names)] as Scope[];
}

type KeyPrefix = 'bk' | 'bo';

function newKey(prefix: KeyPrefix, mode: KeyMode): string {
  const head = `${prefix}_${mode}_${randomText(43, alphabet)}`;
  return `${head}${checksum(head)}`;
}

function isKey(text: string, prefix: KeyPrefix, mode: KeyMode): boolean {
  const [, textPrefix, textMode, body, sum] = keyPattern.exec(text) ?? [];
  return textPrefix === prefix && textMode === mode && checksum(`${prefix}_${mode}_${body}`) === sum;
}

function checksum(head: string): string {
  return hash('sha256', head).slice(0, 8);
}

function randomText(length: number, letters: string): string {
  const limit = 256 - (256 % letters.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < limit && text.length < length) text += letters[byte % letters.length];
    }
  }
  return text;
}
