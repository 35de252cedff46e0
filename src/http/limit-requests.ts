import { addressGroup } from '../kernel/address-group.ts';
import { RateLimited, waitInWords } from '../kernel/errors.ts';
import { createMemoryCount, type MemoryCount, type Tally } from '../kernel/limits.ts';
import type { Log } from '../kernel/log.ts';
import type { LimitName, Metrics } from '../kernel/metrics.ts';
import { addressOf, type Incoming, untrustedSender } from './client-address.ts';

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
  /** The same of one who may show a good key yet: why he is refused, or how to take it back when he has. */
  ofGuest(request: Incoming): Promise<TooManyRequests | { giveBack(): Promise<void> }>;
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
  readonly log: Pick<Log, 'warn'>;
}): RequestLimits {
  const { perKey, perAddress, trustedProxies, metrics } = options;
  const warn = warnOfUnknownProxy(options);
  const byKey = countOf(perKey);
  const byAddress = countOf(perAddress);
  const judge = (limit: LimitName, allowed: string, { over, msLeft }: Tally): TooManyRequests | undefined => {
    if (!over) return undefined;
    metrics.limited({ limit, effect: 'refused' });
    return new TooManyRequests({ allowed, msLeft });
  };
  const ofGuest: RequestLimits['ofGuest'] = async (request) => {
    warn(request);
    if (!byAddress) return { giveBack: async () => {} };
    const address = addressOf(request, trustedProxies);
    const allowed = `${perAddress} requests a minute without an API key from one address`;
    const counted = await byAddress(addressGroup(address) ?? address);
    return judge('address', allowed, counted) ?? counted;
  };
  return {
    ofKey: async (keyId) => byKey && judge('key', `${perKey} operations a minute of one API key`, await byKey(keyId)),
    ofAddress: async (request) => {
      const counted = await ofGuest(request);
      return counted instanceof TooManyRequests ? counted : undefined;
    },
    ofGuest,
  };
}

/** Says once, of a proxy that was forgotten in the settings, why all payers seem to be one; anybody may send that header, so not more often. */
function warnOfUnknownProxy(parts: { readonly trustedProxies: readonly string[]; readonly log: Pick<Log, 'warn'> }) {
  let isSaid = false;
  return (request: Incoming): void => {
    const sender = isSaid ? undefined : untrustedSender(request, parts.trustedProxies);
    if (sender === undefined) return;
    isSaid = true;
    parts.log.warn(
      { sender },
      `X-Forwarded-For from ${sender} does not count; if that is your proxy, name it in TRUSTED_PROXIES, or all its clients have one address`,
    );
  };
}

function countOf(max: number): MemoryCount | undefined {
  return max === 0 ? undefined : createMemoryCount({ max, ...minute, keysMax });
}
