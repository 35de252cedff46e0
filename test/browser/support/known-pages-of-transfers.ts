import { channelName } from '../../../src/payments/name-methods.ts';
import { payByTile } from './payer.ts';
import { type KnownPage, openNew, untilShown, type Visit } from './visit.ts';

const position = { name: 'Kubek', quantity: 1, grossAmount: 1_234, taxStake: 'TAX_23', taxAmount: 231 };
const buyer = { name: 'Kupiec sp. z o.o.', taxNumber: '5260250274', country: 'PL' };

/** A payment of an invoice, with the longest number that one has. */
const invoiced = { invoice: { number: 'FV/2026/11/'.padEnd(35, '7'), buyer, positions: [position] } };

/** The pages of transfers that payers make of their own. */
export const transferPages: { readonly [name: string]: KnownPage } = {
  'a payment that a transfer alone can pay': (visit) => openNew(visit, { ...invoiced, methods: ['WIRE_TRANSFER'] }),
  'waiting for a transfer': (visit) => startTransfer(visit, 'wt', { title: 'Trzy książki' }),
  'waiting for a transfer with split payment': (visit) => startTransfer(visit, 'wt_split', invoiced),
  'the bank of whoever makes a transfer': async (visit) => {
    await startTransfer(visit, 'wt');
    await visit.page.locator('a[href^="/sandbox/"]').click();
    await untilShown(visit, 'bankPage.heading.transfer', { name: channelName('wt', visit.language) });
  },
};

async function startTransfer(visit: Visit, channel: 'wt' | 'wt_split', input: object = {}): Promise<void> {
  await openNew(visit, input);
  await payByTile(visit.page, 'WIRE_TRANSFER', channelName(channel, visit.language));
  await untilShown(visit, 'transfer.heading');
}
