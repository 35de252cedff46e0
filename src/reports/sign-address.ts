import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ReportDeps } from './deps.ts';

/**
 * Writes the address of a report's file. It is good until a moment, for this report alone, and for whoever has it: it holds
 * no credential, only an HMAC-SHA256 of the id and the moment.
 */
export function signAddress(
  { publicUrl, addressSecret }: Pick<ReportDeps, 'publicUrl' | 'addressSecret'>,
  id: string,
  until: Date,
): string {
  const expires = Math.floor(until.getTime() / 1_000);
  return `${publicUrl}/reports/${id}?expires=${expires}&signature=${signatureOf(addressSecret, id, expires)}`;
}

/** Says what an address is: good, over, or not one of ours. */
export function judgeAddress(
  { addressSecret }: Pick<ReportDeps, 'addressSecret'>,
  address: { readonly id: string; readonly expires: string; readonly signature: string },
  now: Date,
): 'good' | 'over' | 'false' {
  if (!/^\d{1,12}$/.test(address.expires) || !/^[\w-]{43}$/.test(address.signature)) return 'false';
  const expires = Number(address.expires);
  const right = Buffer.from(signatureOf(addressSecret, address.id, expires), 'base64url');
  const given = Buffer.from(address.signature, 'base64url');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return 'false';
  return now.getTime() < expires * 1_000 ? 'good' : 'over';
}

function signatureOf(secret: string, id: string, expires: number): string {
  return createHmac('sha256', secret).update(`${id} ${expires}`).digest('base64url');
}
