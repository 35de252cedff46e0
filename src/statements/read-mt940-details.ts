import { type BankEntry, reasonNotSpecified } from './bank-entry.ts';
import { findAccountNumbers, toIban } from './find-account-numbers.ts';

/** What field 86 can say of a movement. */
type Details = Omit<BankEntry, 'direction' | 'isReversal' | 'amount' | 'currency' | 'bookedOn'>;

/** A code of the operation, then sub-fields: a sign that is always the same, and two digits. */
const structuredForm = /^(?:\d{1,4})?([^\p{L}\p{N}\s/,;:.])\d\d/u;

/**
 * Reads what a Polish bank writes of a movement in field 86: sub-fields behind `~`, `<`, `?`, `^` or `+` (ING, PKO BP,
 * Santander, Millennium, Nordea and others), words such as `tyt.:` (mBank), or free text. Lines are cut anywhere, so they
 * are put together without a space. No sub-field is known to hold the account that the money was sent to and nothing that
 * the payer wrote, so `sentTo` stays undefined. Pure.
 */
export function readMt940Details(lines: readonly string[]): Details {
  const whole = lines.map((line) => line.replace(/\r$/, '')).join('');
  const [, sign] = structuredForm.exec(whole) ?? [];
  const said = sign === undefined ? readWords(whole) : readSubFields(whole, sign);
  const { others, ...known } = said;
  const { counterpartyAccount: other } = known;
  const texts = [known.title, ...others];
  return {
    ...known,
    counterpartyAccount: other === undefined ? undefined : toIban(other),
    sentTo: undefined,
    accountNumbers: findAccountNumbers(texts, [other]),
    endToEndId: endToEndIdIn(texts),
    returnReason: returnReasonIn(texts),
  };
}

/** Whether details have sub-fields: a code may have a line of its own before them. */
export function isStructured(lines: readonly string[]): boolean {
  return structuredForm.test(lines.slice(0, 2).join(''));
}

type Said = Pick<Details, 'title' | 'counterpartyName' | 'counterpartyAccount' | 'bankReference'> & {
  /** Whatever else may name an account or a payment. */
  readonly others: readonly string[];
};

function readSubFields(whole: string, sign: string): Said {
  const fields = new Map<string, string>();
  for (const part of whole.split(new RegExp(`\\${sign}(?=\\d\\d)`)).slice(1)) {
    const code = part.slice(0, 2);
    fields.set(code, (fields.get(code) ?? '') + part.slice(2));
  }
  const at = (...codes: readonly string[]): string => codes.map((code) => fields.get(code) ?? '').join('');
  const account = [at('38'), at('29'), at('31'), at('30', '31')].map((text) => text.trim()).find(isAccount);
  const isOther = (text: string): boolean =>
    text.trim() !== '' && text.trim() !== account && !/^\d+$/.test(text.trim());
  const named = at('32', '33').trim() !== '';
  const name = (named ? ['31', '32', '33'] : ['27', '28', '29']).map((code) => at(code)).filter(isOther);
  const rest = named ? ['27', '28', '29'].map((code) => at(code)).filter(isOther) : [];
  const title = [at('20', '21', '22', '23', '24', '25', '26'), ...rest].join('').trim();
  return {
    title: title || at('00').trim(),
    counterpartyName: name.join('').trim() || undefined,
    counterpartyAccount: account,
    bankReference: undefined,
    others: [...fields.values()].filter((text) => text.trim() !== account),
  };
}

/** An IBAN, or a Polish number with its 26 digits or without the check digits before it. */
function isAccount(text: string): boolean {
  return /^\/?(?:[A-Z]{2}\d{2}[A-Z\d]{11,30}|\d{24}|\d{26})$/.test(text.replaceAll(' ', ''));
}

/** The words of mBank stand between semicolons; what has none of them is a title as a whole. */
function readWords(whole: string): Said {
  const { said, reference } = cutReference(whole);
  const word = (pattern: RegExp): string | undefined => pattern.exec(said)?.[1]?.trim() || undefined;
  return {
    title: word(/tyt\.:(.*)/is) ?? whole.trim(),
    counterpartyName: word(/(?:^|;)\s*(?:od|dla):\s*([^;]*)/i),
    counterpartyAccount: word(/(?:^|;)\s*(?:z|na) rach\.:\s*([A-Z]{0,2}[\d ]{20,34})/i),
    bankReference: reference,
    others: [whole],
  };
}

/** The bank ends the text with its reference; what looks like one before that stands in the payer's title. */
function cutReference(whole: string): { readonly said: string; readonly reference: string | undefined } {
  const last = [...whole.matchAll(/;\s*TNR:\s*/gi)].at(-1);
  if (!last) return { said: whole, reference: undefined };
  const rest = whole.slice(last.index + last[0].length);
  return { said: whole.slice(0, last.index), reference: /^[\d.]+/.exec(rest)?.[0] };
}

/** What we call a payout at the bank: its id without dashes. */
function endToEndIdIn(texts: readonly string[]): string | undefined {
  const found = texts.map((text) => /(?<![0-9a-z])[0-9a-f]{32}(?![0-9a-z])/i.exec(text)?.[0]);
  return found.find((id) => id !== undefined);
}

/** A return names its reason (ISO 20022, external code set), or says by a code word of SWIFT that it is one. */
function returnReasonIn(texts: readonly string[]): string | undefined {
  const whole = texts.join(' ');
  const code = /\b(?:A[CGM]|B[EH]|C[NU]|D[TU]|E[DR]|F[FO]|M[DS]|R[CR]|S[LV]|T[MS])\d{2}\b/.exec(whole)?.[0];
  return code ?? (/\/RTRN\//.test(whole) ? reasonNotSpecified : undefined);
}
