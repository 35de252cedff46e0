import { randomUUID } from 'node:crypto';
import { bankUnavailability } from '../../../src/acquirers/sandbox-banks/capabilities.ts';
import { ask, type TestGateway } from '../../support/gateway.ts';
import { chooseMethod, payByBlik } from './payer.ts';
import { createShop } from './shop.ts';
import { type KnownPage, untilAlert, untilShown, type Visit } from './visit.ts';

/** The pages of payers who try too often, and of a gateway that is in trouble, each with a gateway of its own. */
export const troubledPages: { readonly [name: string]: KnownPage } = {
  'methods that are out of order or closed': async (visit) => {
    const gateway = await visit.stage.openGateway();
    await beAtNight(gateway);
    await breakBlik(gateway);
    await openPayment(visit, gateway);
    await visit.page.getByRole('listitem').nth(3).waitFor();
  },
  'a payment whose only method is out of order': async (visit) => {
    const gateway = await visit.stage.openGateway();
    await breakBlik(gateway);
    await openPayment(visit, gateway, { methods: ['BLIK'] });
    await visit.page.getByRole('listitem').waitFor();
  },
  'a method that is gone': async (visit) => {
    const gateway = await visit.stage.openGateway();
    await openPayment(visit, gateway);
    await breakBlik(gateway);
    await payByBlik(visit.page, '777123');
    await untilAlert(visit);
  },
  'a shop that takes no payments': async (visit) => {
    const gateway = await visit.stage.openGateway();
    await openPayment(visit, gateway);
    await gateway.database.pool.query("update shop set status = 'SUSPENDED'");
    await payByBlik(visit.page, '777123');
    await untilShown(visit, 'error.SHOP_NOT_ACTIVE.title');
  },
  'too many attempts': async (visit) => {
    const { gateway, shop } = visit.stage;
    const { id, address } = await shop.createPayment();
    for (let count = 0; count < 10; count += 1) await startByBlik(gateway, id, '700005');
    await visit.page.goto(address);
    await payByBlik(visit.page, '777123');
    await untilAlert(visit);
  },
  'attempts that were stopped': async (visit) => {
    const { gateway } = visit.stage;
    await openPayment(visit, gateway);
    await chooseMethod(visit.page, 'BLIK');
    await payByBlik(visit.page, '700005');
    await untilAlert(visit);
    // As after sixty refusals, the last forty of which would take five minutes.
    await gateway.database.pool.query('update abuse_count set points = 60');
    await payByBlik(visit.page, '700005');
    await untilAlert(visit);
  },
  'too many requests': async (visit) => {
    const gateway = await visit.stage.openGateway({ rateLimitPerAddress: 1 });
    const { address } = await createShop(gateway).createPayment();
    await visit.page.goto(address);
    await visit.page.reload();
    await untilShown(visit, 'error.TOO_MANY_REQUESTS.title');
  },
  'a gateway that fails': async (visit) => {
    const gateway = await visit.stage.openGateway();
    const { address } = await createShop(gateway).createPayment();
    await gateway.database.pool.query('alter table transaction rename to transaction_lost');
    await visit.page.goto(address);
    await untilShown(visit, 'error.SERVER_ERROR.title');
  },
};

async function openPayment({ page }: Visit, gateway: TestGateway, input: object = {}): Promise<void> {
  const { address } = await createShop(gateway).createPayment(input);
  await page.goto(address);
}

function startByBlik(gateway: TestGateway, paymentId: string, code: string) {
  const query = 'mutation ($input: StartTransactionInput!) { startTransaction(input: $input) { __typename } }';
  const input = { paymentId, idempotencyKey: randomUUID(), method: 'BLIK', blik: { code } };
  return ask(gateway, query, { variables: { input } });
}

/** Makes BLIK give no answer so often that it is not called any more. */
async function breakBlik(gateway: TestGateway): Promise<void> {
  const shop = createShop(gateway);
  const silences = Array.from({ length: 5 }, async () =>
    startByBlik(gateway, (await shop.createPayment()).id, '700000'),
  );
  await Promise.all(silences);
}

/** Moves the clock of the merchant to an hour at which several banks are closed. */
async function beAtNight({ database }: TestGateway): Promise<void> {
  const minute = 60_000;
  const now = Date.now();
  const minutes = Array.from({ length: 24 * 60 }, (_, count) => count);
  const wait = minutes.find((count) => bankUnavailability('pocztowy', new Date(now + count * minute)));
  await database.pool.query('update merchant set clock_offset_ms = $1', [(wait ?? 0) * minute]);
}
