import { dayOf, zoned } from '../calendar/model.ts';
import { escapeXml } from '../kernel/escape-xml.ts';
import { withoutHyphens } from '../kernel/ids.ts';
import { toDecimal } from '../kernel/money.ts';
import {
  type StatementEntry,
  type StatementFile,
  type StatementPart,
  type StatementStart,
  statementName,
} from './account-statement.ts';

const namespace = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';
/** About how many characters leave at once. */
const pieceLength = 65_536;

/**
 * Writes statements of accounts as one message of ISO 20022, camt.053.001.08 (BankToCustomerStatementV08), as they come. Our
 * accounts have no IBAN: their name is the id of the shop or recipient without hyphens. The kind of a movement is a
 * proprietary code of the issuer `BRAMKA`.
 */
export async function* writeCamt053(file: StatementFile, parts: AsyncIterable<StatementPart>): AsyncGenerator<string> {
  let piece = `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${namespace}"><BkToCstmrStmt><GrpHdr>${element('MsgId', withoutHyphens(file.id))}${element('CreDtTm', momentOf(file.madeAt))}</GrpHdr>\n`;
  let place = 0;
  let currency = '';
  for await (const part of parts) {
    if (part.part === 'start') {
      place += 1;
      currency = part.currency;
      piece += startOf(file, part, place);
    } else if (part.part === 'entry') piece += entryOf(part, currency);
    else piece += '</Stmt>\n';
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}</BkToCstmrStmt></Document>\n`;
}

function startOf(file: StatementFile, start: StatementStart, place: number): string {
  const { span, madeAt } = file;
  const days = `<FrToDt>${element('FrDtTm', momentOf(span.from))}${element('ToDtTm', momentOf(span.before))}</FrToDt>`;
  const owner = `<Ownr>${element('Nm', file.ownerName.slice(0, 140))}</Ownr>`;
  const account = `<Id><Othr>${element('Id', withoutHyphens(start.account))}</Othr></Id>${element('Ccy', start.currency)}${element('Nm', start.name.slice(0, 70))}${owner}`;
  const balances = [balanceOf(start, 'OPBD', file.from.toString()), balanceOf(start, 'CLBD', file.until.toString())];
  return `<Stmt>${element('Id', statementName(file, place))}${element('CreDtTm', momentOf(madeAt))}${days}<Acct>${account}</Acct>${balances.join('')}\n`;
}

function balanceOf(start: StatementStart, code: 'OPBD' | 'CLBD', day: string): string {
  const amount = code === 'OPBD' ? start.opening : start.closing;
  return `<Bal><Tp><CdOrPrtry>${element('Cd', code)}</CdOrPrtry></Tp>${amountOf(amount, start.currency)}<Dt>${element('Dt', day)}</Dt></Bal>`;
}

function entryOf(entry: StatementEntry, currency: string): string {
  const day = dayOf(entry.at).toString();
  const money = amountOf(entry.amount, currency);
  const code = `<BkTxCd><Prtry>${element('Cd', entry.kind)}${element('Issr', 'BRAMKA')}</Prtry></BkTxCd>`;
  const { orderId, transactionId, movementId } = entry;
  const references = [
    transactionId === undefined ? '' : element('EndToEndId', withoutHyphens(transactionId)),
    movementId === undefined ? '' : element('TxId', withoutHyphens(movementId)),
  ].join('');
  const details = [
    references === '' ? '' : `<Refs>${references}</Refs>`,
    money,
    orderId === undefined ? '' : `<RmtInf>${element('Ustrd', orderId)}</RmtInf>`,
  ].join('');
  return `<Ntry>${element('NtryRef', entry.number)}${money}<Sts><Cd>BOOK</Cd></Sts><BookgDt>${element('DtTm', momentOf(entry.at))}</BookgDt><ValDt>${element('Dt', day)}</ValDt>${element('AcctSvcrRef', entry.number)}${code}<NtryDtls><TxDtls>${details}</TxDtls></NtryDtls></Ntry>\n`;
}

/** An amount, which is never below zero, and which way it goes. */
function amountOf(amount: bigint, currency: string): string {
  const size = toDecimal(amount < 0n ? -amount : amount);
  return `<Amt Ccy="${currency}">${size}</Amt><CdtDbtInd>${amount < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** A moment in Warsaw's time with its offset, to the second. */
function momentOf(moment: Date): string {
  return zoned(moment).toString({ timeZoneName: 'never', smallestUnit: 'second' });
}
