/** A list of entity tags (RFC 9110, section 8.8.3): a comma may stand inside of one. */
const tagPattern = /(?:^|,)[ \t]*(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|$)/g;

/**
 * Says whether a header `If-None-Match` names an entity tag, so that its owner has what would be sent: `*`, or a list in which
 * weak tags count as strong ones (RFC 9110, section 13.1.2). What is not well-formed names nothing.
 * @param etag the tag of what would be sent, strong, with its quotes.
 */
export function namesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || [...header.matchAll(tagPattern)].some(([, tag]) => tag === etag);
}
