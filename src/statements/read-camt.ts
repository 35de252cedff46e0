import { InvalidInput } from '../kernel/errors.ts';
import { type BankEntry, type BankStatement, type BankStatements, entriesMax, statementOf } from './bank-entry.ts';
import { toIban } from './find-account-numbers.ts';
import { checkBalances, parseAmount, shown } from './parse-amount.ts';
import { findAll, findFirst, parseXml, textAt, type XmlElement } from './parse-xml.ts';
import { isCredit, readCamtEntry } from './read-camt-entry.ts';

/** What a file holds, by its namespace: camt.053 statements, camt.054 notifications. */
const kinds = {
  '053': { format: 'CAMT_053', message: 'BkToCstmrStmt', statement: 'Stmt' },
  '054': { format: 'CAMT_054', message: 'BkToCstmrDbtCdtNtfctn', statement: 'Ntfctn' },
} as const;

const namespaceForm = /^urn:iso:std:iso:20022:tech:xsd:camt\.(053|054)\.001\.(02|08)$/;
const taken = new Set(['Ntry', 'Stmt', 'Ntfctn']);

/**
 * Reads camt.053 or camt.054 (ISO 20022), versions 001.02 and 001.08. Only what is booked is read: what is pending comes
 * again when it is. A camt.053 has one opening and one closing balance, which its movements have to lead to; a camt.054 has
 * none. Several payments that the bank booked as one are read one by one, if their amounts are told. Pure.
 * @throws InvalidInput naming the line.
 */
export function readCamt(text: string): BankStatements {
  const statements: BankStatement[] = [];
  let entries: BankEntry[] = [];
  let moved = 0n;
  let count = 0;
  const root = parseXml(text, {
    names: taken,
    each: (element) => {
      if (element.name === 'Ntry') {
        const read = readCamtEntry(element);
        for (const entry of read) {
          entries.push(entry);
          moved += entry.direction === 'CREDIT' ? entry.amount : -entry.amount;
        }
        count += read.length;
        if (count > entriesMax) {
          throw new InvalidInput(`Line ${element.line}: a file may have at most ${entriesMax} movements; split it.`);
        }
        return;
      }
      statements.push(toStatement(element, entries, moved));
      entries = [];
      moved = 0n;
    },
  });
  return { format: formatOf(root), statements };
}

function formatOf(root: XmlElement): BankStatements['format'] {
  const [, kind] = namespaceForm.exec(root.namespace) ?? [];
  if (root.name !== 'Document' || kind === undefined) {
    throw new InvalidInput(
      `Line ${root.line}: only camt.053 and camt.054 in the versions 001.02 and 001.08 are read, not ${shown(root.namespace || root.name)}.`,
    );
  }
  const { format, message } = kinds[kind as keyof typeof kinds];
  if (!findFirst(root, message)) {
    throw new InvalidInput(`Line ${root.line}: <${message}> is missing, which makes up a camt.${kind}.`);
  }
  return format;
}

function toStatement(element: XmlElement, entries: readonly BankEntry[], moved: bigint): BankStatement {
  const place = `Line ${element.line}`;
  const account = textAt(element, 'Acct/Id/IBAN', 'Acct/Id/Othr/Id');
  if (account === undefined) throw new InvalidInput(`${place}: the account is missing (Acct/Id/IBAN).`);
  if (element.name === 'Stmt') {
    // The closing balance of the day before is the opening one of this day.
    const openingType = balancesOf(element, 'OPBD').length > 0 ? 'OPBD' : 'PRCD';
    const opening = balanceOf(element, openingType, 'opening balance (OPBD or PRCD)');
    checkBalances({ opening, closing: balanceOf(element, 'CLBD', 'closing balance (CLBD)') }, moved, place);
  }
  return statementOf(toIban(account), entries);
}

function balancesOf(statement: XmlElement, type: string): readonly XmlElement[] {
  return findAll(statement, 'Bal').filter((each) => textAt(each, 'Tp/CdOrPrtry/Cd') === type);
}

/** The one balance of a type, with its sign; without it nobody can say whether the statement is whole. */
function balanceOf(statement: XmlElement, type: string, name: string): bigint {
  const [balance, ...more] = balancesOf(statement, type);
  if (!balance || more.length > 0) {
    const count = balance ? more.length + 1 : 'none';
    throw new InvalidInput(
      `Line ${statement.line}: a camt.053 must have one ${name}, not ${count}, so the statement may not be whole; ask the bank for it again.`,
    );
  }
  const amount = parseAmount(textAt(balance, 'Amt') ?? '', `Line ${balance.line}`);
  return isCredit(balance) ? amount : -amount;
}
