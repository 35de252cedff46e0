import { InvalidInput } from '../kernel/errors.ts';
import { isCurrency } from '../kernel/money.ts';
import { type BankEntry, reasonNotSpecified } from './bank-entry.ts';
import { findAccountNumbers, toIban } from './find-account-numbers.ts';
import { parseAmount, parseCurrency, readAmount, shown } from './parse-amount.ts';
import { findAll, findFirst, textAt, type XmlElement } from './parse-xml.ts';

/** What an entry says of itself, whatever payments it is made of. */
type Booked = Pick<BankEntry, 'isReversal' | 'bookedOn' | 'currency' | 'direction' | 'amount'>;

/**
 * Reads an entry: one movement, or one for each payment that it is made of. One that is not booked yet gives none, and so does
 * one of 0.00.
 * @throws InvalidInput naming the line.
 */
export function readCamtEntry(entry: XmlElement): readonly BankEntry[] {
  const place = `Line ${entry.line}`;
  const status = textAt(entry, 'Sts/Cd', 'Sts');
  if (status === undefined) throw new InvalidInput(`${place}: the state of an entry is missing (Sts).`);
  if (status !== 'BOOK') return [];
  const { amount, currency } = amountOf(entry, findFirst(entry, 'Amt'));
  if (amount === 0n) return [];
  const booked: Booked = {
    ...{ amount, currency, direction: isCredit(entry) ? 'CREDIT' : 'DEBIT' },
    isReversal: /^(?:true|1)$/.test(textAt(entry, 'RvslInd') ?? ''),
    bookedOn: dayOf(entry),
  };
  const payments = findAll(entry, 'NtryDtls/TxDtls');
  const reference = referenceOf(textAt(entry, 'AcctSvcrRef'));
  const extra = textAt(entry, 'AddtlNtryInf');
  const [only = entry] = payments;
  if (payments.length <= 1) return [readPayment(only, { ...booked, reference, extra })];
  return readBatch(payments, booked) ?? [unread(booked, { reference, extra })];
}

/**
 * The payments of an entry, if each tells its amount and together they are the entry's; otherwise it stays one. What was
 * instructed may be in any currency of the world, and says nothing then.
 */
function readBatch(payments: readonly XmlElement[], booked: Booked): readonly BankEntry[] | undefined {
  const read = payments.map((payment) => {
    const element = findFirst(payment, 'Amt', 'AmtDtls/TxAmt/Amt', 'AmtDtls/InstdAmt/Amt');
    const amount = readAmount(element?.text ?? '');
    const currency = element?.attributes.Ccy;
    if (amount === undefined || currency === undefined || !isCurrency(currency)) return undefined;
    const said = findFirst(payment, 'CdtDbtInd') ? (isCredit(payment) ? 'CREDIT' : 'DEBIT') : booked.direction;
    return { payment, amount, currency, direction: said } as const;
  });
  const parts = read.filter((part) => part !== undefined);
  const signed = parts.reduce(
    (sum, { direction, amount }) => sum + (direction === booked.direction ? amount : -amount),
    0n,
  );
  const isWhole = parts.length === read.length && signed === booked.amount;
  if (!isWhole || parts.some(({ amount, currency }) => amount === 0n || currency !== booked.currency)) return undefined;
  return parts.map(({ payment, amount, direction }) =>
    readPayment(payment, { ...booked, amount, direction, reference: undefined, extra: undefined }),
  );
}

type Told = { readonly reference: string | undefined; readonly extra: string | undefined };

function readPayment(payment: XmlElement, { reference, extra, ...booked }: Booked & Told): BankEntry {
  const [ours, theirs] = booked.direction === 'CREDIT' ? (['Cdtr', 'Dbtr'] as const) : (['Dbtr', 'Cdtr'] as const);
  const accountAt = (party: string): string | undefined =>
    textAt(payment, `RltdPties/${party}Acct/Id/IBAN`, `RltdPties/${party}Acct/Id/Othr/Id`);
  const counterparty = accountAt(theirs);
  const free = findAll(payment, 'RmtInf/Ustrd').map(({ text }) => text.trim());
  const structured = textAt(payment, 'RmtInf/Strd/CdtrRefInf/Ref');
  const title = [...free, ...(structured === undefined ? [] : [structured])].join(' ');
  const more = textAt(payment, 'AddtlTxInf') ?? extra;
  const [sentTo] = findAccountNumbers([accountAt(ours)], [counterparty]);
  const cameBack = findFirst(payment, 'RtrInf');
  return {
    ...booked,
    bankReference: referenceOf(textAt(payment, 'Refs/AcctSvcrRef')) ?? reference,
    endToEndId: referenceOf(textAt(payment, 'Refs/EndToEndId')),
    counterpartyName: textAt(payment, `RltdPties/${theirs}/Pty/Nm`, `RltdPties/${theirs}/Nm`),
    counterpartyAccount: counterparty === undefined ? undefined : toIban(counterparty),
    title: title || (more ?? ''),
    sentTo,
    accountNumbers: findAccountNumbers([sentTo, title, more], [counterparty]),
    returnReason: cameBack && (textAt(cameBack, 'Rsn/Cd', 'Rsn/Prtry') ?? reasonNotSpecified),
  };
}

/** A batch whose payments cannot be told apart: it is one movement, of which somebody has to find out what it is. */
function unread(booked: Booked, { reference, extra }: Told): BankEntry {
  const unknown = { endToEndId: undefined, counterpartyName: undefined, counterpartyAccount: undefined };
  return {
    ...{ ...booked, ...unknown, bankReference: reference, title: extra ?? '' },
    ...{ sentTo: undefined, accountNumbers: [], returnReason: undefined },
  };
}

function amountOf(owner: XmlElement, element: XmlElement | undefined): Pick<BankEntry, 'amount' | 'currency'> {
  const place = `Line ${(element ?? owner).line}`;
  const currency = parseCurrency(element?.attributes.Ccy, place);
  return { amount: parseAmount(element?.text ?? '', place), currency };
}

/**
 * Says whether money came in.
 * @throws InvalidInput when the element does not say it.
 */
export function isCredit(element: XmlElement): boolean {
  const word = textAt(element, 'CdtDbtInd');
  if (word === 'CRDT' || word === 'DBIT') return word === 'CRDT';
  throw new InvalidInput(`Line ${element.line}: CdtDbtInd must be CRDT or DBIT, not ${shown(word)}.`);
}

function dayOf(entry: XmlElement): string {
  const written = textAt(entry, 'BookgDt/Dt', 'BookgDt/DtTm', 'ValDt/Dt', 'ValDt/DtTm');
  const day = written?.slice(0, 10);
  if (day !== undefined && isDay(day)) return day;
  throw new InvalidInput(`Line ${entry.line}: the day of booking must be like 2026-11-26, not ${shown(written)}.`);
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

/** Words that stand where a reference is missing. */
function referenceOf(text: string | undefined): string | undefined {
  return text === undefined || /^(?:NOTPROVIDED|NONREF|NONE|-)$/i.test(text) ? undefined : text;
}
