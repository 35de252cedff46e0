import { deriveSecret } from '../kernel/seal.ts';
import type { ReportDeps } from './deps.ts';

/** Puts together what reports need; the secret of their addresses is made of the gateway's. */
export function openReports(parts: Omit<ReportDeps, 'addressSecret'> & { readonly secret: string }): ReportDeps {
  const { database, clock, log, shops, publicUrl, secret } = parts;
  return { database, clock, log, shops, publicUrl, addressSecret: deriveSecret(secret, 'report addresses') };
}
