import ipaddr from 'ipaddr.js';
import type { MerchantStatus } from '../kernel/db/generated/prisma/enums.ts';

/** How many addresses a merchant may trust; imoje names no end. */
export const trustedIpsMax = 100;

/**
 * Takes one address, IPv4 with four parts or IPv6 without a zone; there are no ranges (imoje protocol, section 5.12).
 * @returns its usual form, IPv4 inside IPv6 as IPv4; undefined when it is none.
 */
export function parseIp(text: string): string | undefined {
  const isIp = ipaddr.IPv4.isValidFourPartDecimal(text) || (ipaddr.IPv6.isValid(text) && !text.includes('%'));
  return isIp ? ipaddr.process(text).toString() : undefined;
}

/** The moves a merchant may make (domain: states). */
export const merchantMoves = {
  APPLIED: ['SIGNED', 'REFUSED'],
  SIGNED: ['ACTIVE', 'REFUSED'],
  ACTIVE: ['NOTICE'],
  NOTICE: ['TERMINATED'],
  TERMINATED: [],
  REFUSED: [],
} as const satisfies Record<MerchantStatus, readonly MerchantStatus[]>;

/** Says whether a merchant may move from one state to another. */
export function mayMoveMerchant(from: MerchantStatus, to: MerchantStatus): boolean {
  const targets: readonly MerchantStatus[] = merchantMoves[from];
  return targets.includes(to);
}
