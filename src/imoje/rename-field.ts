import type { Refusal, RefusalCode } from '../kernel/errors.ts';
import { wireMethod } from '../webhooks/model.ts';

/** A door's names of what payments call otherwise. */
export type FieldNames = { readonly [name: string]: string };

/** The field that a refusal of a verb blames, and its sentence, in the names of the door; undefined when it blames none. */
export function renameField(
  refusal: Refusal,
  names: FieldNames,
): { readonly field: string; readonly message: string } | undefined {
  const name = refusal.field?.at(-1);
  if (name === undefined) return undefined;
  const field = names[name] ?? name;
  const message = refusal.message.replace(new RegExp(`^${RegExp.escape(name)}\\b`), field);
  return { field, message: codesWithMethods.includes(refusal.code) ? renameMethods(message) : message };
}

/** Refusals whose sentence may name methods. */
const codesWithMethods: readonly RefusalCode[] = [
  'METHOD_NOT_AVAILABLE',
  'CURRENCY_NOT_AVAILABLE',
  'AMOUNT_OUT_OF_RANGE',
];

/** Shops know methods by imoje's words for them (protocol, section 11). */
function renameMethods(message: string): string {
  return message.replaceAll(/\b[A-Z_]{3,}\b/g, (word) =>
    Object.hasOwn(wireMethod, word) ? wireMethod[word as keyof typeof wireMethod] : word,
  );
}
