import { InvalidInput } from '../kernel/errors.ts';
import type { Currency } from '../kernel/money.ts';
import { type BankEntry, type BankStatement, type BankStatements, statementOf } from './bank-entry.ts';
import { toIban } from './find-account-numbers.ts';
import { checkBalances } from './parse-amount.ts';
import { readBalance, readLine } from './parse-mt940-field.ts';
import { readMt940Details } from './read-mt940-details.ts';
import { type Message, type Movement, splitMt940 } from './split-mt940.ts';
import { tellMovements } from './tell-movements.ts';

/**
 * Reads MT940 (SWIFT; the dialects of Polish banks): any number of statements, each from `:20:` to `:62F:` or `:62M:`, in
 * envelopes or without. Pure.
 * @throws InvalidInput naming the line.
 */
export function readMt940(text: string): BankStatements {
  const statements = Array.from(splitMt940(text), toStatement);
  if (statements.length === 0) throw new InvalidInput('Line 1: no statement begins in this file (:20:).');
  return { format: 'MT940', statements };
}

function toStatement(message: Message): BankStatement {
  const place = `Line ${message.line}`;
  const account = toIban(message.account?.lines[0] ?? '');
  if (account === '') throw new InvalidInput(`${place}: the account is missing (:25:).`);
  if (!message.opening) throw new InvalidInput(`${place}: the opening balance is missing (:60F:).`);
  const opening = readBalance(message.opening);
  const closing = readBalance(message.closing);
  const told = message.movements.map((movement) => ({ movement, change: changeOf(movement) }));
  const moved = told.reduce((sum, { change }) => sum + change, 0n);
  const movements = tellMovements(told, opening.amount + moved - closing.amount, message.cut);
  if (!movements) {
    // A line that the bank wrote in a form of its own was taken for a title: it is what is missing.
    if (message.odd?.tag === '61') readLine(message.odd);
    checkBalances({ opening: opening.amount, closing: closing.amount }, moved, place);
  }
  const entries = (movements ?? []).flatMap((movement) => readMovement(movement, opening.currency));
  return statementOf(account, entries);
}

/** What it adds to the balance. */
function changeOf({ line }: Movement): bigint {
  const { amount, isCredit } = readLine(line);
  return isCredit ? amount : -amount;
}

function readMovement({ line, details }: Movement, currency: Currency): readonly BankEntry[] {
  const { bank, isCredit, ...read } = readLine(line);
  if (read.amount === 0n) return [];
  const said = readMt940Details(details?.lines ?? line.lines.slice(1));
  return [
    {
      ...{ ...said, ...read, currency },
      direction: isCredit ? 'CREDIT' : 'DEBIT',
      bankReference: bank === '' || bank === 'NONREF' ? said.bankReference : bank,
    },
  ];
}
