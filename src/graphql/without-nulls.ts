type WithoutNulls<Value> = Value extends Date | bigint | readonly unknown[]
  ? Value
  : Value extends object
    ? { [Key in keyof Value]: WithoutNulls<Exclude<Value[Key], null>> }
    : Value;

/** An input in which null means the same as leaving a field out, which is so wherever nothing can be cleared. */
export function withoutNulls<Input extends object>(input: Input): WithoutNulls<Input> {
  // Most leave out what they do not say, and need no copy.
  if (!holdsNull(input)) return input as WithoutNulls<Input>;
  const entries = Object.entries(input)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, isPlain(value) ? withoutNulls(value) : value]);
  return Object.fromEntries(entries) as WithoutNulls<Input>;
}

function holdsNull(input: object): boolean {
  return Object.values(input).some((value) => value === null || (isPlain(value) && holdsNull(value)));
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
