import type { Refusal, RefusalCode } from '../kernel/errors.ts';
import { wireMethod } from '../webhooks/model.ts';

/** A door's names of what payments call otherwise. */
export type FieldNames = { readonly [name: string]: string };

/**
 * The field that a refusal of a verb blames, and its sentence, in the names of the door. This is the one place where they are put so:
 * a sentence begins with the name of its field, and may have names in it that are no words of their own, such as `validUntil`,
 * and methods.
 * @param names by the last part of a field's path.
 * @returns the field undefined when the refusal blames none.
 */
export function renameField(
  refusal: Refusal,
  names: FieldNames,
): { readonly field: string | undefined; readonly message: string } {
  const { field: path = [], code } = refusal;
  const last = path.at(-1);
  const field = last === undefined ? undefined : (names[last] ?? path.join('.'));
  const begins = [path.join('.'), last].find(
    (name) => name && new RegExp(`^${RegExp.escape(name)}\\b`).test(refusal.message),
  );
  const head = begins === undefined || field === undefined ? '' : field;
  const rest = refusal.message.slice(head === '' ? 0 : begins?.length);
  return { field, message: head + renameMethods(renameWords(rest, names), ofMethods.has(code)) };
}

/** Only names in which a capital letter stands, since `title` or `reason` may be words of the sentence. */
function renameWords(text: string, names: FieldNames): string {
  return text.replaceAll(/\b[a-z]+[A-Z]\w*/g, (word) => (Object.hasOwn(names, word) ? (names[word] ?? word) : word));
}

/** Refusals that name methods for what they are; elsewhere BLIK is the name of the scheme, not of a method. */
const ofMethods: ReadonlySet<RefusalCode> = new Set([
  'METHOD_NOT_AVAILABLE',
  'CURRENCY_NOT_AVAILABLE',
  'AMOUNT_OUT_OF_RANGE',
  'REFUND_WINDOW_CLOSED',
]);

/** Shops know methods by imoje's words for them (protocol, section 11). */
function renameMethods(text: string, withBlik: boolean): string {
  return text.replaceAll(/\b[A-Z_]{3,}\b/g, (word) =>
    Object.hasOwn(wireMethod, word) && (withBlik || word !== 'BLIK')
      ? wireMethod[word as keyof typeof wireMethod]
      : word,
  );
}
