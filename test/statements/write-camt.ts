import { toDecimal } from '../../src/kernel/money.ts';
import type { BankEntry, BankStatement } from '../../src/statements/bank-entry.ts';

/** Which message a test writes. */
export type CamtKind = '053.001.02' | '053.001.08' | '054.001.02' | '054.001.08';

/** Writes a statement as a bank does that keeps to ISO 20022; its balance before is 0.00. */
export function writeCamt(kind: CamtKind, statements: readonly BankStatement[]): string {
  const [message, part] = kind.startsWith('053') ? ['BkToCstmrStmt', 'Stmt'] : ['BkToCstmrDbtCdtNtfctn', 'Ntfctn'];
  const header = '<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-26T20:00:00Z</CreDtTm></GrpHdr>';
  const body = statements
    .map((statement, place) => `<${part}><Id>S-${place}</Id>${inner(kind, statement)}</${part}>`)
    .join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.${kind}"><${message}>${header}\n${body}\n</${message}></Document>\n`;
}

function inner(kind: CamtKind, { account, entries }: BankStatement): string {
  const moved = entries.reduce((sum, { direction, amount }) => sum + (direction === 'CREDIT' ? amount : -amount), 0n);
  const currency = entries[0]?.currency ?? 'PLN';
  const balance = (type: string, amount: bigint): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${toDecimal(amount < 0n ? -amount : amount)}</Amt><CdtDbtInd>${amount < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>2026-11-26</Dt></Dt></Bal>`;
  const balances = kind.startsWith('053') ? balance('OPBD', 0n) + balance('CLBD', moved) : '';
  const id = `<CreDtTm>2026-11-26T20:00:00Z</CreDtTm><Acct><Id><IBAN>${account}</IBAN></Id></Acct>`;
  return `${id}${balances}\n${entries.map((entry) => writeEntry(kind, entry)).join('\n')}`;
}

/** One entry with one payment in it. */
export function writeEntry(kind: CamtKind, entry: BankEntry): string {
  const isNew = kind.endsWith('.08');
  const { amount, currency, direction, isReversal, bookedOn, bankReference, title } = entry;
  const optional = (name: string, value: string | undefined): string =>
    value === undefined ? '' : `<${name}>${escapeXml(value)}</${name}>`;
  const refs = optional('AcctSvcrRef', bankReference) + optional('EndToEndId', entry.endToEndId ?? 'NOTPROVIDED');
  return [
    `<Ntry><Amt Ccy="${currency}">${toDecimal(amount)}</Amt><CdtDbtInd>${direction === 'CREDIT' ? 'CRDT' : 'DBIT'}</CdtDbtInd>`,
    isReversal ? '<RvslInd>true</RvslInd>' : '',
    isNew ? '<Sts><Cd>BOOK</Cd></Sts>' : '<Sts>BOOK</Sts>',
    `<BookgDt><Dt>${bookedOn}</Dt></BookgDt><ValDt><Dt>${bookedOn}</Dt></ValDt>`,
    '<BkTxCd><Prtry><Cd>TR</Cd></Prtry></BkTxCd>',
    `<NtryDtls><TxDtls><Refs>${refs}</Refs>${parties(entry, isNew)}`,
    title === '' ? '' : `<RmtInf>${optional('Ustrd', title)}</RmtInf>`,
    entry.returnReason === undefined ? '' : `<RtrInf><Rsn><Cd>${entry.returnReason}</Cd></Rsn></RtrInf>`,
    '</TxDtls></NtryDtls></Ntry>',
  ].join('');
}

function parties(entry: BankEntry, isNew: boolean): string {
  const { counterpartyName: name, counterpartyAccount: account, sentTo, direction } = entry;
  const named = name === undefined ? '' : `<Nm>${escapeXml(name)}</Nm>`;
  const party = (role: string, inner: string): string =>
    inner === '' ? '' : `<${role}>${isNew ? `<Pty>${inner}</Pty>` : inner}</${role}>`;
  const accountOf = (role: string, iban: string | undefined): string =>
    iban === undefined ? '' : `<${role}Acct><Id><IBAN>${iban}</IBAN></Id></${role}Acct>`;
  const own = sentTo === undefined ? undefined : `PL${sentTo}`;
  const [debtor, creditor] = direction === 'CREDIT' ? [account, own] : [own, account];
  const [debtorName, creditorName] = direction === 'CREDIT' ? [named, ''] : ['', named];
  const inner = [
    ...[party('Dbtr', debtorName), accountOf('Dbtr', debtor), party('Cdtr', creditorName)],
    accountOf('Cdtr', creditor),
  ].join('');
  return inner === '' ? '' : `<RltdPties>${inner}</RltdPties>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
