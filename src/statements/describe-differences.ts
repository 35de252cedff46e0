import { isUuid } from '../kernel/ids.ts';
import { type Money, toDecimal } from '../kernel/money.ts';
import type { Difference } from './model.ts';
import type { Reconciliation } from './reconcile-day.ts';

/**
 * Writes a reconciliation for people: one line for each difference, with what either side has, and a summary. Amounts are
 * decimal, times in UTC.
 */
export function describeDifferences(result: Reconciliation): string[] {
  const { acquirer, day, there, here, passedOver, differences } = result;
  const counts = Map.groupBy(differences, ({ kind }) => kind);
  const kinds = [...counts].map(([kind, { length }]) => `${kind} ${length}`).join(', ');
  const found = differences.length === 0 ? 'no difference' : `${differences.length} different (${kinds})`;
  const others = passedOver === 0 ? '' : ` Lines of other days that were passed over: ${passedOver}.`;
  return [
    ...differences.map(describe),
    `${acquirer} ${day}: ${there} ${there === 1 ? 'line' : 'lines'} there, ${here} settled here, ${found}.${others}`,
  ];
}

function describe({ kind, here, there }: Difference): string {
  const either = there ?? here;
  // What an acquirer calls its own may hold anything, also what a terminal obeys.
  const reference = isUuid(either?.reference ?? '') ? either?.reference : JSON.stringify(either?.reference);
  const ours = here ? `${here.status} ${decimal(here)}${here.at ? ` ${here.at.toISOString()}` : ''}` : 'nothing';
  const theirs = there ? `${decimal(there)} ${there.at.toISOString()}` : 'nothing';
  return `${kind} ${either?.kind} ${reference}: here ${ours}, there ${theirs}`;
}

function decimal({ amount, currency }: Money): string {
  return `${toDecimal(amount)} ${currency}`;
}
