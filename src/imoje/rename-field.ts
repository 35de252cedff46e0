import type { Refusal } from '../kernel/errors.ts';

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
  return { field, message: refusal.message.replace(new RegExp(`^${RegExp.escape(name)}\\b`), field) };
}
