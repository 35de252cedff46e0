/** The words of the form's `visibleMethod` and the methods they stand for (imoje protocol, section 1). */
export const visibleMethodWords = {
  card: 'CARD',
  wallet: 'WALLET',
  pbl: 'PBL',
  blik: 'BLIK',
  imoje_paylater: 'PAY_LATER',
  wt: 'WIRE_TRANSFER',
  lease: 'LEASE',
  imoje_installments: 'INSTALLMENTS',
} as const;

export type VisibleMethod = (typeof visibleMethodWords)[keyof typeof visibleMethodWords];

/**
 * The codes `preselectMethodCode` may hold: every code of the imoje protocol, section 11, and our channel `lease`. A
 * code that the gateway does not offer (older banks, say) is still well-formed: then nothing is preselected.
 */
export const methodCodes: ReadonlySet<string> = new Set(
  `blik blik_oneclick
  ecom3ds oneclick recurring
  gpay applepay visa_mobile paypal c2p
  imoje_twisto paypo pragma_go blik_paylater
  inbank inbank_0
  ing
  mtransfer bzwbk pekao24 inteligo ipko getin noble creditagricole alior millennium citi bos bnpparibas pocztowy
  plusbank bs bspb nest pbs envelo ideabank tmobile
  cs kb mp pf pg posta rf sporo tatra uc viamo vub cb
  wt wt_split
  lease`.split(/\s+/),
);

/**
 * Reads a comma list of method words; spaces around the commas and repetitions do not matter.
 * @returns undefined when a word is not one of the documented ones.
 */
export function parseVisibleMethods(list: string): readonly VisibleMethod[] | undefined {
  const methods = list.split(',').map((word) => methodOf(word.trim()));
  return methods.every((method) => method !== undefined) ? [...new Set(methods)] : undefined;
}

function methodOf(word: string): VisibleMethod | undefined {
  return Object.hasOwn(visibleMethodWords, word)
    ? visibleMethodWords[word as keyof typeof visibleMethodWords]
    : undefined;
}
