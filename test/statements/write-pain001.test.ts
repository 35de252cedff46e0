import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { currencies } from '../../src/kernel/money.ts';
import { type CreditTransfer, type TransferOrder, writePain001 } from '../../src/statements/write-pain001.ts';
import { findXmlFaults } from './validate-xml.ts';

const transfer: CreditTransfer = {
  endToEndId: '019ac0de5f3a7c119f3e2d1f6b7a8c90',
  amount: 9_860n,
  creditor: {
    name: 'Księgarnia „Żółw” & Spółka',
    address: { street: 'ul. Łąkowa 7/2', postalCode: '90-001', city: 'Łódź', country: 'PL' },
  },
  iban: 'PL61109010140000071219812874',
  title: 'Wypłata 2026-11-27 019ac0de5f3a7c119f3e2d1f6b7a8c90',
};

const order: TransferOrder = {
  id: '019ac0de7b217d028a4c5e6f70819203',
  createdAt: new Date('2026-11-27T08:00:00Z'),
  currency: 'PLN',
  executionDay: '2026-11-27',
  debtor: {
    name: 'Bramka Płatności S.A.',
    address: { street: 'ul. Prosta 1', postalCode: '00-950', city: 'Warszawa', country: 'PL' },
    iban: 'PL27114020040000300201355387',
    bic: undefined,
  },
  transfers: [
    transfer,
    {
      ...transfer,
      endToEndId: '019ac0de5f3a7c119f3e2d1f6b7a8c91',
      amount: 5n,
      creditor: { name: 'Jan Żak', address: undefined },
    },
  ],
};

describe('A file of transfers', () => {
  it('in PLN keeps Polish letters and goes as a domestic transfer', () => {
    expect(writePain001(order)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
<CstmrCdtTrfInitn><GrpHdr><MsgId>019ac0de7b217d028a4c5e6f70819203</MsgId><CreDtTm>2026-11-27T08:00:00.000Z</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>98.65</CtrlSum><InitgPty><Nm>Bramka Płatności S.A.</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>019ac0de7b217d028a4c5e6f70819203</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg><NbOfTxs>2</NbOfTxs><CtrlSum>98.65</CtrlSum><PmtTpInf><SvcLvl><Cd>NURG</Cd></SvcLvl></PmtTpInf><ReqdExctnDt><Dt>2026-11-27</Dt></ReqdExctnDt><Dbtr><Nm>Bramka Płatności S.A.</Nm><PstlAdr><StrtNm>ul. Prosta 1</StrtNm><PstCd>00-950</PstCd><TwnNm>Warszawa</TwnNm><Ctry>PL</Ctry></PstlAdr></Dbtr><DbtrAcct><Id><IBAN>PL27114020040000300201355387</IBAN></Id><Ccy>PLN</Ccy></DbtrAcct><DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><ChrgBr>SHAR</ChrgBr>
<CdtTrfTxInf><PmtId><EndToEndId>019ac0de5f3a7c119f3e2d1f6b7a8c90</EndToEndId></PmtId><Amt><InstdAmt Ccy="PLN">98.60</InstdAmt></Amt><Cdtr><Nm>Księgarnia 'Żółw' + Spółka</Nm><PstlAdr><StrtNm>ul. Łąkowa 7/2</StrtNm><PstCd>90-001</PstCd><TwnNm>Łódź</TwnNm><Ctry>PL</Ctry></PstlAdr></Cdtr><CdtrAcct><Id><IBAN>PL61109010140000071219812874</IBAN></Id></CdtrAcct><RmtInf><Ustrd>Wypłata 2026-11-27 019ac0de5f3a7c119f3e2d1f6b7a8c90</Ustrd></RmtInf></CdtTrfTxInf>
<CdtTrfTxInf><PmtId><EndToEndId>019ac0de5f3a7c119f3e2d1f6b7a8c91</EndToEndId></PmtId><Amt><InstdAmt Ccy="PLN">0.05</InstdAmt></Amt><Cdtr><Nm>Jan Żak</Nm></Cdtr><CdtrAcct><Id><IBAN>PL61109010140000071219812874</IBAN></Id></CdtrAcct><RmtInf><Ustrd>Wypłata 2026-11-27 019ac0de5f3a7c119f3e2d1f6b7a8c90</Ustrd></RmtInf></CdtTrfTxInf>
</PmtInf></CstmrCdtTrfInitn>
</Document>
`);
  });

  it.each([
    ['PLN', 'NURG', 'SHAR', 'Łódź'],
    ['EUR', 'SEPA', 'SLEV', 'Lodz'],
    ['HUF', 'NURG', 'SHAR', 'Lodz'],
  ] as const)('in %s has the service level %s, costs as %s, and the town %s', (currency, level, bearer, town) => {
    const xml = writePain001({ ...order, currency });
    expect(xml).toContain(`<SvcLvl><Cd>${level}</Cd></SvcLvl>`);
    expect(xml).toContain(`<ChrgBr>${bearer}</ChrgBr>`);
    expect(xml).toContain(`<TwnNm>${town}</TwnNm>`);
    expect(xml).toContain(`<InstdAmt Ccy="${currency}">98.60</InstdAmt>`);
  });

  it('names our bank by its BIC when it is known', () => {
    const xml = writePain001({ ...order, debtor: { ...order.debtor, bic: 'BREXPLPWXXX' } });
    expect(xml).toContain('<DbtrAgt><FinInstnId><BICFI>BREXPLPWXXX</BICFI></FinInstnId></DbtrAgt>');
  });
});

/** Whatever somebody may have written, up to what a column can hold. */
const text = fc.string({ unit: 'binary', maxLength: 200 });
const party = fc.record({
  name: text,
  address: fc.option(
    fc.record({
      street: fc.option(text, { nil: undefined }),
      postalCode: fc.option(text, { nil: undefined }),
      city: text,
      country: fc.constantFrom('PL', 'DE', 'UA'),
    }),
    { nil: undefined },
  ),
});
const orders: fc.Arbitrary<TransferOrder> = fc.record({
  id: fc.constant(order.id),
  createdAt: fc.date({ min: new Date('2020-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
  currency: fc.constantFrom(...currencies),
  executionDay: fc.constant('2026-11-27'),
  debtor: party.map((ours) => ({ ...order.debtor, ...ours })),
  transfers: fc.uniqueArray(
    fc.record({
      endToEndId: fc.uuid().map((id) => id.replaceAll('-', '')),
      amount: fc.bigInt({ min: 1n, max: 99_999_999_999n }),
      creditor: party,
      iban: fc.constant(transfer.iban),
      title: text,
    }),
    { minLength: 1, maxLength: 20, selector: ({ endToEndId }) => endToEndId },
  ),
});

/** What another program reads, so far as money goes. */
type ReadFile = {
  readonly Document: {
    readonly CstmrCdtTrfInitn: {
      readonly GrpHdr: { readonly NbOfTxs: string; readonly CtrlSum: string };
      readonly PmtInf: {
        readonly NbOfTxs: string;
        readonly CtrlSum: string;
        readonly CdtTrfTxInf: readonly {
          readonly PmtId: { readonly EndToEndId: string };
          readonly Amt: { readonly InstdAmt: { readonly '#text': string; readonly Ccy: string } };
          readonly CdtrAcct: { readonly Id: { readonly IBAN: string } };
        }[];
      };
    };
  };
};

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  isArray: (name) => name === 'CdtTrfTxInf',
});

describe('Whatever is written', () => {
  it('is read back by another parser with the same transfers, whose sum and number it names', () => {
    fc.assert(
      fc.property(orders, (given) => {
        const { GrpHdr, PmtInf } = (parser.parse(writePain001(given)) as ReadFile).Document.CstmrCdtTrfInitn;
        const found = PmtInf.CdtTrfTxInf.map(({ PmtId, Amt, CdtrAcct }) => ({
          endToEndId: PmtId.EndToEndId,
          amount: BigInt(Amt.InstdAmt['#text'].replace('.', '')),
          currency: Amt.InstdAmt.Ccy,
          iban: CdtrAcct.Id.IBAN,
        }));
        expect(found).toEqual(
          given.transfers.map(({ endToEndId, amount, iban }) => ({
            endToEndId,
            amount,
            currency: given.currency,
            iban,
          })),
        );
        const sum = found.reduce((total, { amount }) => total + amount, 0n);
        for (const { NbOfTxs, CtrlSum } of [GrpHdr, PmtInf]) {
          expect([Number(NbOfTxs), BigInt(CtrlSum.replace('.', ''))]).toEqual([found.length, sum]);
        }
        expect(writePain001(given)).toBe(writePain001(structuredClone(given)));
      }),
    );
  });

  it('is valid to xmllint by the schema', async () => {
    await fc.assert(
      fc.asyncProperty(orders, async (given) => {
        expect(await findXmlFaults(writePain001(given), 'pain001.xsd')).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ['an amount of nothing', { amount: 0n }],
    ['an id that is too long', { endToEndId: 'x'.repeat(36) }],
    ['an account number that is none', { iban: '61109010140000071219812874' }],
  ])('is not valid with %s, so the schema is looked at', async (_, wrong) => {
    const xml = writePain001({ ...order, transfers: [{ ...transfer, ...wrong }] });
    expect(await findXmlFaults(xml, 'pain001.xsd')).not.toEqual([]);
  });

  it('is not valid with one transfer twice', async () => {
    const xml = writePain001({ ...order, transfers: [transfer, transfer] });
    expect((await findXmlFaults(xml, 'pain001.xsd')).join()).toContain('Duplicate key-sequence');
  });
});
