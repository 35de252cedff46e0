import { deriveSecret } from '../kernel/seal.ts';
import type { ReportDeps } from './deps.ts';

/** Puts together what reports need; the secret of their addresses is made of the gateway's. */
export function openReports(
  parts: Omit<ReportDeps, 'addressSecret' | 'sendsMails'> & {
    readonly secret: string;
    readonly config: { readonly mode: 'sandbox' | 'production'; readonly smtpUrl: string | undefined };
  },
): ReportDeps {
  const { database, clock, log, shops, publicUrl, secret, config } = parts;
  const sendsMails = config.mode === 'sandbox' || config.smtpUrl !== undefined;
  return {
    database,
    clock,
    log,
    shops,
    publicUrl,
    sendsMails,
    addressSecret: deriveSecret(secret, 'report addresses'),
  };
}
