import { createSandboxAcquirer, type SandboxAcquirer } from '../sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../sandbox/deps.ts';
import { movementCodes, page, refusals, scriptFor, scripts } from './outcomes.ts';

/** Looks up what shall happen to a card of a merchant, by the tokeniser's token; undefined when it knows none. */
export type OutcomeFinder = (token: string, merchantId: string) => Promise<string | undefined>;

/**
 * Makes the simulated card acquirer, for cards and for the wallets that hold them: the card's number said what happens when
 * it was tokenised, and the vault keeps that outcome with the token. It authorises first if it is asked to.
 */
export function createSandboxCards(deps: SandboxDeps, outcomeOf: OutcomeFinder): SandboxAcquirer {
  return createSandboxAcquirer(deps, {
    name: 'sandbox-cards',
    channels: ['ecom3ds', 'oneclick', 'recurring', 'gpay', 'applepay'],
    capabilities: { authorizes: true, stopsOrders: true },
    unavailability: () => undefined,
    scripts,
    scriptFor: async (order) => {
      const outcome = order.cardToken === undefined ? undefined : await outcomeOf(order.cardToken, order.merchantId);
      return scriptFor(outcome, order);
    },
    refusals,
    stoppedCode: 'CODE_05',
    movementCodes,
    confirmsInApp: false,
    page,
  });
}
