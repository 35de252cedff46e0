/**
 * Writes what a payer has to do who pays by a transfer of his own (imoje protocol, sections 4 and 5.1): the account number in
 * `ban`, and where a page shows it together with the rest.
 */
export function transferAction(url: string, ban: string): object {
  return { type: 'transfer', url, method: 'GET', contentType: '', contentBodyRaw: '', ban };
}
