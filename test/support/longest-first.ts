import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Short files that take long. In a clean checkout vitest begins with the largest files, so these would come last, and for up
 * to half a minute one of the two processes would have nothing left to do.
 */
const long = [
  'cli/bramka',
  'payments/properties',
  'months/find-planted-bugs',
  'months/properties',
  'architecture/toolchain',
  'cli/reconcile',
  'start/several-workers',
  'kernel/db/embedded',
  'start/refused-start',
  'start/several-processes',
  'start/workers-with-hints',
  'start/start',
  'journey/card-numbers',
  'graphql/odd-values',
  'journey/survive-kill',
  'payments/find-planted-bugs',
  'jobs/silent-database',
  'start/roles',
  'payments/race-captures',
  'cluster/supervise-processes',
];

/** Begins with the files that take longest, so that all processes end together. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

function isLong({ moduleId }: TestSpecification): boolean {
  const path = moduleId.replace(/\.(?:test|processes)\.ts$/, '');
  return long.some((name) => path.endsWith(`/${name}`));
}
