const name =
  'kar(?:t(?:a|[eę]|[aą]|y)?|cie)|cards?|credit ?card|master ?card|visa|maestro|amex|discover|diners|jcb|unionpay';
/** What may stand between the name and its number. Any other word says what else the number is: a telephone's, an order's. */
const besideName = [
  ...['nr', 'no', 'num', 'number', 'numer(?:ze|em)?', 'o', 'of', 'to', 'is', 'jest', 'my', 'moj(?:a|ej|ą)'],
  ...['(?:kredytow|debetow|bankow|płatnicz|platnicz)(?:a|ej|ą)', 'credit', 'debit', 'american', 'express', 'club'],
].join('|');
const endsWithName = new RegExp(
  String.raw`(?<!\p{L})(?:${name})(?:[^\p{L}\p{N}]*(?:${name}|${besideName}))*[^\p{L}\p{N}]*$`,
  'iu',
);
/** A name with what may stand beside it is seldom longer. */
const longest = 60;

/** Says whether a number at this place of a text is called that of a card by the words before it, in Polish or English. */
export function followsCardWord(text: string, start: number): boolean {
  return endsWithName.test(text.slice(Math.max(0, start - longest), start));
}
