import { type Currency, toDecimal } from '../kernel/money.ts';
import { type Letters, limitText } from './limit-text.ts';

/** Whose account it is. */
export type Party = {
  readonly name: string;
  /** Undefined where none is known: a structured address needs a town and a country at least. */
  readonly address: PartyAddress | undefined;
};

/** A structured postal address. */
export type PartyAddress = {
  /** With the number of the house. */
  readonly street: string | undefined;
  readonly postalCode: string | undefined;
  readonly city: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
};

/** One transfer to somebody. */
export type CreditTransfer = {
  /** By which the bank's statements name it, at most 35 characters of the standard. */
  readonly endToEndId: string;
  /** Minor units, more than 0. */
  readonly amount: bigint;
  readonly creditor: Party;
  readonly iban: string;
  /** What the receiver reads on his statement. */
  readonly title: string;
};

/** What the bank is told to do: transfers of one currency, from one account, on one day. */
export type TransferOrder = {
  /** At most 35 characters; the bank refuses a file whose id it has seen. */
  readonly id: string;
  readonly createdAt: Date;
  readonly currency: Currency;
  /** As `2026-11-27`. */
  readonly executionDay: string;
  /** Ours; without a BIC the bank knows it by the IBAN. */
  readonly debtor: Party & { readonly iban: string; readonly bic: string | undefined };
  /** At least one. */
  readonly transfers: readonly CreditTransfer[];
};

/**
 * Writes transfers as a pain.001.001.09 message (ISO 20022, customer credit transfer initiation): one payment information
 * block, addresses in structured form (banks take no other from November 2026 on), each transfer booked by itself so that
 * statements name it. EUR goes as SEPA, costs shared as its rulebook has it (SLEV); PLN and the others as ordinary
 * transfers (NURG), each side bearing the costs of its own bank (SHAR: directive (EU) 2015/2366, article 62(2)). PLN keeps
 * its Polish letters; other texts are in the letters of SEPA. The same order gives the same bytes. Pure.
 */
export function writePain001(order: TransferOrder): string {
  const { id, transfers } = order;
  const totals = element('NbOfTxs', String(transfers.length)) + element('CtrlSum', toDecimal(sumOf(transfers)));
  const letters: Letters = order.currency === 'PLN' ? 'POLISH' : 'SEPA';
  const name = element('Nm', limitText(order.debtor.name, { letters, max: nameMax }));
  const header = element(
    'GrpHdr',
    element('MsgId', id),
    element('CreDtTm', order.createdAt.toISOString()),
    totals,
    element('InitgPty', name),
  );
  const payment = element(
    'PmtInf',
    `${paymentHead(order, letters, totals)}\n`,
    ...transfers.map((transfer) => `${transferElement(transfer, order.currency, letters)}\n`),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Document xmlns="${namespace}">`,
    `<CstmrCdtTrfInitn>${header}`,
    `${payment}</CstmrCdtTrfInitn>`,
    '</Document>',
    '',
  ].join('\n');
}

const namespace = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/** Shorter than the message allows: the clearings, SEPA and Elixir, carry no more. */
const nameMax = 70;

function sumOf(transfers: readonly CreditTransfer[]): bigint {
  return transfers.reduce((sum, { amount }) => sum + amount, 0n);
}

/** What is the same for all transfers, in the order of the schema. */
function paymentHead({ id, currency, executionDay, debtor }: TransferOrder, letters: Letters, totals: string): string {
  const isSepa = currency === 'EUR';
  const agent = debtor.bic === undefined ? element('Othr', element('Id', 'NOTPROVIDED')) : element('BICFI', debtor.bic);
  return [
    element('PmtInfId', id),
    element('PmtMtd', 'TRF'),
    element('BtchBookg', 'false'),
    totals,
    element('PmtTpInf', element('SvcLvl', element('Cd', isSepa ? 'SEPA' : 'NURG'))),
    element('ReqdExctnDt', element('Dt', executionDay)),
    partyElement('Dbtr', debtor, letters),
    element('DbtrAcct', ibanElement(debtor.iban), element('Ccy', currency)),
    element('DbtrAgt', element('FinInstnId', agent)),
    element('ChrgBr', isSepa ? 'SLEV' : 'SHAR'),
  ].join('');
}

function transferElement(transfer: CreditTransfer, currency: Currency, letters: Letters): string {
  return element(
    'CdtTrfTxInf',
    element('PmtId', element('EndToEndId', transfer.endToEndId)),
    element('Amt', `<InstdAmt Ccy="${currency}">${toDecimal(transfer.amount)}</InstdAmt>`),
    partyElement('Cdtr', transfer.creditor, letters),
    element('CdtrAcct', ibanElement(transfer.iban)),
    element('RmtInf', element('Ustrd', limitText(transfer.title, { letters, max: 140 }))),
  );
}

function partyElement(tag: 'Dbtr' | 'Cdtr', { name, address }: Party, letters: Letters): string {
  const text = (part: string, value: string | undefined, max: number): string =>
    value === undefined ? '' : element(part, limitText(value, { letters, max }));
  const postal =
    address === undefined
      ? ''
      : element(
          'PstlAdr',
          text('StrtNm', address.street, 70),
          text('PstCd', address.postalCode, 16),
          text('TwnNm', address.city, 35),
          text('Ctry', address.country, 2),
        );
  return element(tag, text('Nm', name, nameMax), postal);
}

function ibanElement(iban: string): string {
  return element('Id', element('IBAN', iban));
}

/**
 * An element of parts that are XML already. Nothing has to be escaped: the letters of banks hold neither `<` nor `&`, and
 * no more do ids, IBANs, BICs and codes, which were looked at when they came in.
 */
function element(tag: string, ...parts: readonly string[]): string {
  return `<${tag}>${parts.join('')}</${tag}>`;
}
