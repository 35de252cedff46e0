import type { z } from 'zod';

/** JSON's types in words; a whole number is what all of ours are. */
const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a whole number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};

/** Says what is wrong where the schema itself has no sentence for it. */
export function sentenceOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return 'Is required.';
  const type = issue.code === 'invalid_type' ? typeNames[issue.expected] : undefined;
  if (type !== undefined) return `Must be ${type}.`;
  const isLong = issue.code === 'too_big' && issue.origin === 'string';
  return isLong ? `Must have at most ${issue.maximum} characters.` : undefined;
}
