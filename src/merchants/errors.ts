import { InvalidInput } from '../kernel/errors.ts';

/** The addresses to be trusted lack the one that they are set from. */
export class OwnIpMissing extends InvalidInput {
  constructor(ip: string) {
    super(`This call comes from ${ip}, which would be locked out; put it among the addresses, or send none at all.`, [
      'trustedIps',
    ]);
  }
}
