import { addressGroup } from '../kernel/address-group.ts';
import { RateLimited, waitInWords } from '../kernel/errors.ts';
import { createMemoryCount, type MemoryCount, type Tally } from '../kernel/limits.ts';
import type { LimitName, Metrics } from '../kernel/metrics.ts';
import { addressOf, type Incoming } from './client-address.ts';

/** A key or an address asks more often than this process answers. */
export class TooManyRequests extends RateLimited {
  constructor(said: { readonly allowed: string; readonly msLeft: number }) {
    const wait = { ms: said.msLeft };
    super(`At most ${said.allowed} are answered; come again in ${waitInWords(wait)}.`, wait);
  }
}

/**
 * The ordinary limits, counted in the memory of each process. What comes with a good API key counts for the key alone,
 * anything else for its address. Each of the two counts one more, and gives why it is refused; undefined: go on.
 */
export type RequestLimits = {
  /** One GraphQL operation of a key. */
  ofKey(keyId: string): Promise<TooManyRequests | undefined>;
  /** One request without a good key, from the address that our proxies vouch for. */
  ofAddress(request: Incoming): Promise<TooManyRequests | undefined>;
  /** Takes back one that was counted for an address at a moment, in milliseconds since 1970, and has shown a good key since. */
  notOfAddress(address: string, countedAt: number): Promise<void>;
};

const minute = { windowMs: 60_000 };
/** So many keys or addresses are remembered, about 25 MB; in a minute, an ordinary gateway sees far fewer. */
const keysMax = 50_000;

/** Makes the limits. `perKey` and `perAddress` are how many are answered in a minute; 0 is without end. */
export function createRequestLimits(options: {
  readonly perKey: number;
  readonly perAddress: number;
  readonly trustedProxies: readonly string[];
  readonly metrics: Pick<Metrics, 'limited'>;
}): RequestLimits {
  const { perKey, perAddress, trustedProxies, metrics } = options;
  const byKey = countOf(perKey);
  const byAddress = countOf(perAddress);
  const judge = (limit: LimitName, allowed: string, { over, msLeft }: Tally): TooManyRequests | undefined => {
    if (!over) return undefined;
    metrics.limited({ limit, effect: 'refused' });
    return new TooManyRequests({ allowed, msLeft });
  };
  return {
    ofKey: async (keyId) =>
      byKey && judge('key', `${perKey} operations a minute of one API key`, await byKey.add(keyId)),
    ofAddress: async (request) => {
      if (!byAddress) return undefined;
      const address = addressOf(request, trustedProxies);
      const allowed = `${perAddress} requests a minute without an API key from one address`;
      return judge('address', allowed, await byAddress.add(addressGroup(address) ?? address));
    },
    notOfAddress: async (address, countedAt) => byAddress?.giveBack(addressGroup(address) ?? address, countedAt),
  };
}

function countOf(max: number): MemoryCount | undefined {
  return max === 0 ? undefined : createMemoryCount({ max, ...minute, keysMax });
}
