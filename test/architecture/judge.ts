import type { Rule, SourceFile } from './source-files.ts';

/** A file that is known to break a rule. */
export type KnownOffender = { readonly rule: string; readonly file: string };

/** What a test of a rule shows: each breach that is not known, and each known breach that is none any more. */
export function judge(rule: Rule, files: readonly SourceFile[], known: readonly KnownOffender[]): string[] {
  const offences = rule.check(files);
  const excused = known.filter((offender) => offender.rule === rule.name).map((offender) => offender.file);
  const fresh = offences.filter((offence) => !excused.includes(offence.file));
  const stale = excused.filter((file) => !offences.some((offence) => offence.file === file));
  return [
    ...fresh.map(({ file, line, message }) => `${file}:${line} ${message}`),
    ...stale.map(
      (file) => `${file} keeps the rule ${rule.name} now: take it off the list knownOffenders in tidy.test.ts`,
    ),
  ];
}
