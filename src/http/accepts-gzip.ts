/** Says whether a client takes gzip (RFC 9110, section 12.5.3): it names it, and not with the weight 0. */
export function acceptsGzip(header = ''): boolean {
  return header
    .split(',')
    .some((coding) => /^\s*(?:gzip|x-gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)[\d.]+\s*)?$/i.test(coding));
}
