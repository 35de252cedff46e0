import { createSharedCount } from '../kernel/limits.ts';
import { deriveSecret } from '../kernel/seal.ts';
import type { ContractDeps } from './deps.ts';

/** So many new applications an hour are taken from one address: an accountant has several clients, a script has thousands. */
const applicationRule = { name: 'applications', max: 30, windowMs: 3_600_000 } as const;

/**
 * Puts together what the verbs of contracts are given.
 * @param parts.secret the gateway's, out of which each applicant's own is derived.
 */
export function openContracts(
  parts: Omit<ContractDeps, 'secretOf' | 'applications'> & { readonly secret: string },
): ContractDeps {
  const { secret, ...given } = parts;
  return {
    ...given,
    secretOf: (merchantId) => deriveSecret(secret, `applicant ${merchantId}`),
    applications: createSharedCount(given.database, applicationRule),
  };
}
