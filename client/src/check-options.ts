/**
 * Programs without types could misspell an option, and would be served as if they had left it out.
 * @throws TypeError for what is no object of options, or has one that there is not.
 */
export function requireOptions(of: string, given: unknown, known: Readonly<Record<string, true>>): void {
  if (typeof given !== 'object' || given === null) throw new TypeError(`${of} takes an object of options.`);
  const strange = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (strange === undefined) return;
  throw new TypeError(`${of} takes no option ${strange}; it takes ${Object.keys(known).join(', ')}.`);
}

/** @throws TypeError for what is no whole number in the range; undefined is left to its default. */
export function requireWhole(
  name: string,
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  if (value === undefined || (Number.isInteger(value) && Number(value) >= min && Number(value) <= max)) return;
  throw new TypeError(`${name} must be a whole number from ${min} to ${max}.`);
}

/** @throws TypeError for what is no signal; undefined is none. */
export function requireSignal(signal: unknown): void {
  if (signal === undefined || typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted === 'function') return;
  throw new TypeError('signal must be an AbortSignal, such as the signal of an AbortController.');
}
