/** The values of an enum, each with the sentence that describes it; the compiler asks for a sentence per value. */
export function describeValues<Value extends string>(
  texts: Readonly<Record<Value, string>>,
): { [Key in Value]: { description: string } } {
  const entries = Object.entries<string>(texts).map(([value, description]) => [value, { description }]);
  return Object.fromEntries(entries) as { [Key in Value]: { description: string } };
}
