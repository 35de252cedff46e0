/** What the title of a transfer with split payment says (VAT act, article 108a; the banks' form of the message). */
export type SplitTitle = {
  /** The tax in minor units: 1 to 999,999,999,999, ten digits before the comma and two behind it. */
  readonly vat: bigint;
  /** The seller's tax number: 1 to 14 letters and digits. */
  readonly taxNumber: string;
  /** The number of the invoice: 1 to 35 characters without `/TXT/`, behind which the free text begins. */
  readonly invoiceNumber: string;
  /** At most 33 characters. */
  readonly text: string;
};

const vatMax = 10n ** 12n - 1n;
const textMarker = '/TXT/';

const form =
  /^\/VAT\/(?<units>\d{1,10}),(?<hundredths>\d\d)\/IDC\/(?<taxNumber>[A-Za-z\d]{1,14})\/INV\/(?<invoiceNumber>.{1,35}?)(?:\/TXT\/(?<text>.{0,33}))?$/u;

/**
 * Writes a title of split payment: `/VAT/10n,2n/IDC/14x/INV/35x/TXT/33x`. Free text that is too long is cut, and has
 * spaces in the place of control characters and separators of lines.
 * @throws Error for what does not fit; `readSplit` lets nothing of the kind through.
 */
export function writeSplitTitle({ vat, taxNumber, invoiceNumber, text }: SplitTitle): string {
  const head = `/VAT/${vat / 100n},${String(vat % 100n).padStart(2, '0')}/IDC/${taxNumber}/INV/${invoiceNumber}`;
  const title = `${head}${textMarker}${[...text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')].slice(0, 33).join('')}`;
  if (vat < 1n || vat > vatMax || parseSplitTitle(title)?.invoiceNumber !== invoiceNumber) {
    throw new Error('What a title of split payment should say does not fit into it.');
  }
  return title;
}

/**
 * Reads a title of split payment, strictly: all parts in their order, the tax with a comma and two digits behind it, no
 * part too long. The free text may be missing.
 * @returns undefined when it is none.
 */
export function parseSplitTitle(title: string): SplitTitle | undefined {
  const { units, hundredths, taxNumber, invoiceNumber, text } = form.exec(title)?.groups ?? {};
  if (taxNumber === undefined || invoiceNumber === undefined) return undefined;
  const vat = BigInt(`${units}${hundredths}`);
  return vat === 0n ? undefined : { vat, taxNumber, invoiceNumber, text: text ?? '' };
}

/** Says whether a number of an invoice can stand in such a title: nothing in it, or at its end, may look like the start of the text. */
export function fitsSplitTitle(invoiceNumber: string): boolean {
  return (
    /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,35}$/u.test(invoiceNumber) &&
    !`${invoiceNumber}${textMarker}`.slice(0, -1).includes(textMarker)
  );
}
