import { type ForeignCurrency, foreignCurrencies } from '../../src/fx/model.ts';

/** Mid rates as a table of the NBP has them; forints are told for 100 in its XML. */
export const someRates: Readonly<Record<ForeignCurrency, string>> = {
  EUR: '4.2345',
  GBP: '4.8710',
  USD: '3.6012',
  CHF: '4.5503',
  CZK: '0.1741',
  HUF: '0.010987',
  RON: '0.8312',
};

type Written = {
  readonly number: string;
  readonly day: string;
  readonly rates?: Partial<Record<ForeignCurrency, string>>;
};

/** A table in the JSON of the NBP's interface, with currencies beyond ours as it has them. */
export function jsonTable({ number, day, rates }: Written): string {
  const merged = { ...someRates, ...rates };
  const lines = foreignCurrencies.map((code) => `{"currency":"…","code":"${code}","mid":${merged[code]}}`);
  return `[{"table":"A","no":"${number}","effectiveDate":"${day}","rates":[{"currency":"bat (Tajlandia)","code":"THB","mid":0.1135},${lines.join(',')}]}]`;
}

/** The same table in the XML of the NBP's archive. */
export function xmlTable({ number, day, rates }: Written): string {
  const merged = { ...someRates, ...rates };
  const positions = foreignCurrencies.map((code) => {
    const isForint = code === 'HUF';
    const rate = isForint ? timesHundred(merged.HUF) : merged[code];
    return position(code, isForint ? '100' : '1', rate.replace('.', ','));
  });
  return [
    '<?xml version="1.0" encoding="ISO-8859-2"?>',
    '<tabela_kursow typ="A" uid="26a001">',
    `   <numer_tabeli>${number}</numer_tabeli>`,
    `   <data_publikacji>${day}</data_publikacji>`,
    ...[position('THB', '1', '0,1135'), ...positions],
    '</tabela_kursow>',
    '',
  ].join('\r\n');
}

function position(code: string, units: string, rate: string): string {
  return `   <pozycja>
      <nazwa_waluty>waluta \u00bf ${code}</nazwa_waluty>
      <przelicznik>${units}</przelicznik>
      <kod_waluty>${code}</kod_waluty>
      <kurs_sredni>${rate}</kurs_sredni>
   </pozycja>`;
}

function timesHundred(rate: string): string {
  const [whole = '0', decimals = ''] = rate.split('.');
  const digits = decimals.padEnd(6, '0');
  return `${BigInt(whole + digits.slice(0, 2))}.${digits.slice(2)}`;
}
