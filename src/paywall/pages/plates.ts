import { raw } from 'hono/html';
import type { PaymentMethod } from '../../kernel/db/generated/prisma/enums.ts';
import type { Channel } from '../../shops/model.ts';
import type { Html } from './view.ts';

/** A picture of ours for a way to pay: a short name on a coloured plate. It shows no logo, for those belong to others. */
export type Plate = {
  /** 1 to 8 printable ASCII characters, the same in every language. */
  readonly name: string;
  /** `#rrggbb`. */
  readonly fill: string;
};

/** The plates of the methods. */
export const methodPlates: Readonly<Record<PaymentMethod, Plate>> = {
  BLIK: { name: 'BLIK', fill: '#2b2b33' },
  PBL: { name: 'BANK', fill: '#1f4fd1' },
  CARD: { name: 'CARD', fill: '#0f5c78' },
  WALLET: { name: 'WALLET', fill: '#4a3aa8' },
  PAY_LATER: { name: 'LATER', fill: '#0f6b41' },
  INSTALLMENTS: { name: 'PARTS', fill: '#8a4b00' },
  LEASE: { name: 'LEASE', fill: '#5b4636' },
  WIRE_TRANSFER: { name: 'IBAN', fill: '#3c4a5c' },
};

/** The plates of the channels. */
export const channelPlates: Readonly<Record<Channel, Plate>> = {
  blik: { name: 'BLIK', fill: '#2b2b33' },
  blik_oneclick: { name: 'BLIK 1', fill: '#45454f' },
  mtransfer: { name: 'mBank', fill: '#8c1d2c' },
  bzwbk: { name: 'SAN', fill: '#b3202a' },
  pekao24: { name: 'Pekao', fill: '#a3162e' },
  ipko: { name: 'iPKO', fill: '#16356b' },
  inteligo: { name: 'Inteligo', fill: '#2a5a9c' },
  ing: { name: 'ING', fill: '#b34700' },
  millennium: { name: 'MIL', fill: '#96005a' },
  alior: { name: 'Alior', fill: '#6b2233' },
  citi: { name: 'Citi', fill: '#005a96' },
  creditagricole: { name: 'CA', fill: '#00685e' },
  bnpparibas: { name: 'BNP', fill: '#00703c' },
  bos: { name: 'BOS', fill: '#2f6b1e' },
  pocztowy: { name: 'Poczta', fill: '#9c2b1b' },
  plusbank: { name: 'Plus', fill: '#5a6b00' },
  bs: { name: 'BS', fill: '#1d6a4f' },
  bspb: { name: 'BSPB', fill: '#2c7a5e' },
  nest: { name: 'Nest', fill: '#00737a' },
  getin: { name: 'Velo', fill: '#245c2c' },
  noble: { name: 'Noble', fill: '#4d4030' },
  ecom3ds: { name: 'CARD', fill: '#0f5c78' },
  oneclick: { name: 'CARD 1', fill: '#1b6f8f' },
  recurring: { name: 'CARD R', fill: '#27566a' },
  gpay: { name: 'Google', fill: '#3a4250' },
  applepay: { name: 'Apple', fill: '#1c1f24' },
  visa_mobile: { name: 'Visa M', fill: '#27348b' },
  imoje_twisto: { name: 'Twisto', fill: '#7a3b8f' },
  paypo: { name: 'PayPo', fill: '#2f6f46' },
  pragma_go: { name: 'Pragma', fill: '#234a7d' },
  blik_paylater: { name: 'BLIK PP', fill: '#383044' },
  inbank: { name: 'Inbank', fill: '#5d3fa0' },
  inbank_0: { name: 'IN 0%', fill: '#7355b5' },
  lease: { name: 'LEASE', fill: '#5b4636' },
  wt: { name: 'IBAN', fill: '#3c4a5c' },
  wt_split: { name: 'VAT', fill: '#51606f' },
};

/** The font of the name, in CSS pixels of a plate of 96 by 48, by how many characters have to fit. */
const fontSizes = [26, 26, 26, 25, 23, 20, 18, 18, 16] as const;

/**
 * Draws a plate as SVG, 96 by 48, in which nothing has to be escaped. It says nothing that the name beside it does not, so
 * it is hidden from readers.
 */
export function drawPlate({ name, fill }: Plate): string {
  const size = fontSizes[name.length] ?? 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 48" aria-hidden="true"><rect width="96" height="48" rx="10" fill="${fill}"/><text x="48" y="${24 + Math.round(size * 0.36)}" text-anchor="middle" font-family="Inter,system-ui,sans-serif" font-size="${size}" font-weight="600" fill="#fff">${name}</text></svg>`;
}

/** Draws the plate of a channel into a page. */
export function channelPlate(channel: Channel): Html {
  return raw(drawPlate(channelPlates[channel]));
}
