/** What the codes of refused attempts mean, in English as on the wire (imoje protocol, section 11). */
const meanings: { readonly [code: string]: string } = {
  'BLK-ERROR-210000': 'Payment failed',
  'BLK-ERROR-210001': 'Technical break at the bank',
  'BLK-ERROR-210002': 'Alias not found',
  'BLK-ERROR-210003': 'Alias declined',
  'BLK-ERROR-210004': 'Alias declined',
  'BLK-ERROR-210005': 'Wrong code',
  'BLK-ERROR-210006': 'Code expired',
  'BLK-ERROR-210007': 'Code refused',
  'BLK-ERROR-210008': 'Code refused',
  'BLK-ERROR-210009': 'Declined in the app',
  'BLK-ERROR-210010': 'Not confirmed in time',
  'BLK-ERROR-210011': 'Not confirmed in time',
  'BLK-ERROR-210012': 'Wrong PIN',
  'BLK-ERROR-210013': 'Declined for security reasons',
  'BLK-ERROR-210014': 'Limit exceeded',
  'BLK-ERROR-210015': 'Insufficient funds',
  'BLK-ERROR-210016': 'Declined by the issuer',
  'BLK-ERROR-210017': 'Transaction not found',
  'BLK-ERROR-210018': 'Bad IBAN',
  'BLK-ERROR-210019': 'Transfer impossible',
  'BLK-ERROR-210020': 'Return too late',
  'BLK-ERROR-210021': 'Return amount exceeded',
  'BLK-ERROR-210022': 'Transfer too late',
  CODE_05: 'Do not honor',
  CODE_51: 'Insufficient funds',
  CODE_54: 'Expired card',
  CODE_570: '3-D Secure failed',
  CODE_SD: 'Soft decline',
};

/** The text that goes with a status code: the code and its meaning; empty for a code that imoje does not document. */
export function statusCodeDescription(code: string): string {
  const meaning = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  return meaning === undefined ? '' : `${code} - ${meaning}`;
}
