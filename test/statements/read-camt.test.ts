import { describe, expect, it } from 'vitest';
import { allotAccount } from '../../src/acquirers/sandbox-transfers/allot-account.ts';
import { readBankStatements } from '../../src/statements/read-bank-statements.ts';
import { entryOf, ownAccount, payersAccount } from './entries.ts';
import { type CamtKind, writeCamt, writeEntry } from './write-camt.ts';

const account = ownAccount;
const read = (xml: string) => readBankStatements(Buffer.from(xml));
const written = (kind: CamtKind = '053.001.02') => writeCamt(kind, [{ account, entries: [entryOf()] }]);

/** A notification with entries that a test writes by hand: it has no balances. */
const notified = (...entries: readonly string[]) =>
  writeCamt('054.001.02', [{ account, entries: [] }]).replace('</Ntfctn>', `${entries.join('\n')}</Ntfctn>`);
const entriesIn = (...entries: readonly string[]) => read(notified(...entries)).statements[0]?.entries;
const money = (amount: string, inner = '', direction = 'CRDT'): string =>
  `<Ntry><Amt Ccy="PLN">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><DtTm>2026-03-02T10:00:00+01:00</DtTm></BookgDt><AcctSvcrRef>REF</AcctSvcrRef>${inner}</Ntry>`;

/** The balance of a type, as it is written. */
const balance = (type: string): RegExp => new RegExp(`<Bal><Tp><CdOrPrtry><Cd>${type}</Cd>.*?</Bal>`);

describe('A camt file', () => {
  it('may hold statements of several accounts', () => {
    const other = payersAccount;
    const { format, statements } = read(
      writeCamt('053.001.08', [
        { account, entries: [entryOf(), entryOf({ amount: 1n })] },
        { account: other, entries: [entryOf({ currency: 'EUR' })] },
      ]),
    );
    expect(format).toBe('CAMT_053');
    expect(statements.map(({ account: of, entries }) => [of, entries.length])).toEqual([
      [account, 2],
      [other, 1],
    ]);
  });

  it('may begin with the closing balance of the day before, alone or beside the opening one', () => {
    const [opening = ''] = balance('OPBD').exec(written()) ?? [];
    const before = opening.replace('OPBD', 'PRCD');
    for (const balances of [before, before.replace('0.00', '7.00') + opening]) {
      expect(read(written().replace(opening, balances)).statements).toMatchObject([{ entries: [entryOf()] }]);
    }
    const wrong = written().replace(opening, before.replace('0.00', '7.00'));
    expect(() => read(wrong)).toThrow(/do not lead from the opening/);
  });

  it('tells what came back, and why', () => {
    const back = entryOf({ isReversal: true, returnReason: 'AC04', endToEndId: 'A'.repeat(32) });
    expect(entriesIn(writeEntry('054.001.02', back))).toEqual([back]);
    const silent = money('1.00', '<NtryDtls><TxDtls><RtrInf/></TxDtls></NtryDtls>');
    expect(entriesIn(silent)).toMatchObject([{ returnReason: 'MS03', bankReference: 'REF' }]);
  });

  it('is read without what is only pending, and without nothing', () => {
    const booked = writeEntry('054.001.02', entryOf());
    const pending = booked.replace('BOOK', 'PDNG');
    expect(entriesIn(pending, booked, money('0.00'))).toEqual([entryOf()]);
  });

  it('tells payments that were booked as one one by one', () => {
    const payment = (amount: string, id: string): string =>
      `<TxDtls><Refs><EndToEndId>${id}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="PLN">${amount}</Amt></TxAmt></AmtDtls></TxDtls>`;
    const batch = money('3.50', `<NtryDtls>${payment('1.25', 'one')}${payment('2.25', 'two')}</NtryDtls>`, 'DBIT');
    expect(entriesIn(batch)).toMatchObject([
      { amount: 125n, direction: 'DEBIT', endToEndId: 'one', bankReference: undefined },
      { amount: 225n, direction: 'DEBIT', endToEndId: 'two' },
    ]);
    const wrong = money('3.51', `<NtryDtls>${payment('1.25', 'one')}${payment('2.25', 'two')}</NtryDtls>`, 'DBIT');
    expect(entriesIn(wrong)).toMatchObject([{ amount: 351n, endToEndId: undefined, bankReference: 'REF' }]);
  });

  it.each<[string, string]>([
    ['a currency that the gateway has not', '<Amt Ccy="SEK">2.25</Amt>'],
    ['three decimals', '<Amt Ccy="TND">2.255</Amt>'],
    ['no currency', '<Amt>2.25</Amt>'],
    ['no number', '<Amt Ccy="PLN">much</Amt>'],
  ])('keeps a batch as one movement when a payment in it was instructed in %s', (_, amount) => {
    const payment = (inner: string): string =>
      `<TxDtls><Refs><EndToEndId>E</EndToEndId></Refs><AmtDtls><InstdAmt>${inner}</InstdAmt></AmtDtls></TxDtls>`;
    const batch = `<NtryDtls>${payment('<Amt Ccy="PLN">1.25</Amt>')}${payment(amount)}</NtryDtls>`;
    expect(entriesIn(money('3.50', batch), money('1.00'))).toMatchObject([
      { amount: 350n, endToEndId: undefined, bankReference: 'REF' },
      { amount: 100n },
    ]);
  });

  it('has account numbers where they were sent to, or in the words of the payer or the bank', () => {
    const [one, two] = [allotAccount('one'), allotAccount('two')];
    const grouped = two.replace(/(\d\d)(\d{4})(\d{4})(\d{4})(\d{4})(\d{4})(\d{4})/, '$1 $2 $3 $4 $5 $6 $7');
    const title = `za ${grouped}, nie 12345678901234567890123456, nie z ${payersAccount}`;
    expect(entriesIn(writeEntry('054.001.02', entryOf({ sentTo: one, title })))).toMatchObject([
      { sentTo: one, accountNumbers: [one, two] },
    ]);
    const extra = money('1.00', `<AddtlNtryInf>WPLATA NA ${two} ${account}</AddtlNtryInf>`);
    expect(entriesIn(extra)).toMatchObject([
      { sentTo: undefined, accountNumbers: [two], title: `WPLATA NA ${two} ${account}` },
    ]);
    const onMain = entryOf({ sentTo: account.slice(2), title: two });
    expect(entriesIn(writeEntry('054.001.02', onMain))).toMatchObject([{ sentTo: undefined, accountNumbers: [two] }]);
  });

  it.each<[string, string, RegExp]>([
    ['ends early', written().slice(0, 400), /^Line \d+: this is no well-formed XML \(/],
    [
      'is another message',
      written().replace('camt.053', 'camt.052'),
      /^Line 2: only camt.053 and camt.054 in the versions/,
    ],
    ['is another version', written().replace('001.02', '001.13'), /^Line 2: only camt.053/],
    ['is no camt', '<html/>', /^Line 1: only camt.053/],
    ['has no account', written().replace(/<Acct>.*?<\/Acct>/, ''), /^Line 3: the account is missing/],
    [
      'has no opening balance',
      written().replace(balance('OPBD'), ''),
      /^Line 3: a camt.053 must have one opening balance \(OPBD or PRCD\), not none, so .*; ask the bank for it again\.$/,
    ],
    ['has no closing balance', written().replace(balance('CLBD'), ''), /^Line 3: a camt.053 must have one closing/],
    ['has two closing balances', written().replace(balance('CLBD'), '$&$&'), /closing balance \(CLBD\), not 2, so/],
    ['has two opening balances', written().replace(balance('OPBD'), '$&$&'), /opening balance .*, not 2, so/],
    [
      'has lost a movement',
      written().replace(/<Ntry>.*<\/Ntry>/, ''),
      /^Line 3: the movements do not lead from the opening/,
    ],
    [
      'has another amount',
      written().replace('>100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts', '>100.01</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts'),
      /^Line 3: the movements do not lead/,
    ],
    ['has half a grosz', notified(money('1.005')), /^Line \d+: "1.005" is no amount with at most two decimals/],
    ['has a float', notified(money('1e5')), /^Line \d+: "1e5" is no amount/],
    ['has a sign', notified(money('-1.00')), /^Line \d+: "-1.00" is no amount/],
    [
      'has another currency',
      notified(money('1.00').replace('PLN', 'SEK')),
      /^Line \d+: the currency must be one of PLN/,
    ],
    [
      'says neither in nor out',
      notified(money('1.00').replace('CRDT', 'X')),
      /^Line \d+: CdtDbtInd must be CRDT or DBIT, not "X"/,
    ],
    [
      'has no day',
      notified(money('1.00').replace('2026-03-02', '2026-02-30')),
      /^Line \d+: the day of booking must be like/,
    ],
    [
      'says no state',
      notified(money('1.00').replace('<Sts>BOOK</Sts>', '')),
      /^Line \d+: the state of an entry is missing/,
    ],
    ['names an odd encoding', written().replace('UTF-8', 'KLINGON'), /^Line 1: "KLINGON" is an unknown encoding/],
    ['is not in its encoding', written().replace('Zapłata', 'Zap\xb3ata'), /^$/],
  ])('is refused when it %s', (what, xml, words) => {
    if (what === 'is not in its encoding') {
      expect(() => readBankStatements(Buffer.from(xml, 'latin1'))).toThrow(
        /^Line 1: "UTF-8" is not what the file is written in/,
      );
    } else expect(() => read(xml)).toThrow(words);
  });

  it('expands no entities and fetches nothing', () => {
    const bomb = written().replace(
      '<Document',
      '<!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\n<Document',
    );
    expect(() => read(bomb)).toThrow(/^Line 2: the file has a document type, which no file of a bank needs/);
    const outside = bomb.replace('<!ENTITY a "aaaaaaaa">', '<!ENTITY a SYSTEM "file:///etc/passwd">');
    expect(() => read(outside)).toThrow(/document type/);
    expect(() => read(written().replace('Zapłata', '&b;'))).toThrow(/no well-formed XML/);
    const deep = '<a>'.repeat(100_000);
    expect(() => read(`<?xml version="1.0"?>${deep}`)).toThrow(/too deep/);
  });

  it('may use a prefix, CDATA and character references', () => {
    const prefixed = written()
      .replace('Zapłata', '<![CDATA[Zap]]>&#322;ata')
      .replaceAll(/<(\/?)([A-Z])/g, '<$1x:$2')
      .replace('xmlns=', 'xmlns:x=');
    expect(read(prefixed).statements[0]?.entries).toEqual([entryOf()]);
  });
});
