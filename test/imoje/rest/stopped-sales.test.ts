import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../../src/kernel/log.ts';
import { createMetrics } from '../../../src/kernel/metrics.ts';
import { createAttemptGuard } from '../../../src/payments/guard-attempts.ts';
import { walletToken } from '../../graphql/world.ts';
import { storeCard } from '../../profiles/store-card.ts';
import { updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { call, saleBody, sellAndSettle, textAt } from './client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterEach(() => letGo());
afterAll(() => gateway.stop());

const letGo = () => gateway.database.pool.query('delete from abuse_count');
const payments = async (): Promise<number> =>
  Number((await gateway.database.pool.query('select count(*) from payment')).rows[0].count);

/** Has so many attempts of the shop refused that the guard stops the next one: from an address, or of any card. */
async function provoke(method: 'BLIK' | 'CARD', address: string | undefined): Promise<void> {
  const { database, demo } = gateway;
  const log = createLog('silent');
  const guard = createAttemptGuard({ database, log, metrics: createMetrics(), pause: async () => undefined });
  const refused = { shopId: demo.shopId, method, address, addressSeen: false, reason: 'ISSUER_DECLINED' } as const;
  for (let times = 0; times < 200; times++) await guard.noteRefusal({ ...refused, paymentId: randomUUID() });
}

describe('A sale that the guard against abuse stops', () => {
  it('leaves no payment behind, and is made under the same key once the guard lets go', async () => {
    await provoke('BLIK', '192.0.2.7');
    const before = await payments();
    const sale = { body: saleBody(gateway), headers: { 'idempotency-key': randomUUID() } };
    const stopped = await call(gateway, 'POST /transaction', sale);
    expect(stopped.status).toBe(429);
    expect(await payments()).toBe(before);
    await letGo();
    expect((await call(gateway, 'POST /transaction', sale)).status).toBe(200);
    expect(await payments()).toBe(before + 1);
  });

  it('that was made before is answered as it was, whoever is stopped meanwhile', async () => {
    const sale = { body: saleBody(gateway), headers: { 'idempotency-key': randomUUID() } };
    const made = await call(gateway, 'POST /transaction', sale);
    await provoke('BLIK', '192.0.2.7');
    const again = await call(gateway, 'POST /transaction', sale);
    expect([again.status, textAt(again, 'transaction.id')]).toEqual([200, textAt(made, 'transaction.id')]);
  });

  it('does not stop other payers of the shop', async () => {
    await provoke('BLIK', '192.0.2.7');
    await sellAndSettle(gateway, { clientIp: '198.51.100.9' });
  });

  it('is a charge of a stored card too', async () => {
    const { profileId } = await storeCard(gateway, { shopId: gateway.demo.shopId, customerId: 'stopped' });
    await provoke('CARD', undefined);
    const before = await payments();
    const answer = await call(gateway, 'POST /transaction/profile', {
      body: {
        ...{ serviceId: gateway.demo.serviceId, paymentProfileId: profileId, amount: 1, currency: 'PLN', orderId: '1' },
      },
    });
    expect([answer.status, await payments()]).toEqual([429, before]);
  });
});

describe('A sale that was made before is answered as it was', () => {
  /** Sets the merchant's clock to an hour of tomorrow, in Warsaw. */
  async function setClock(hour: string): Promise<void> {
    const there = Temporal.Now.zonedDateTimeISO('Europe/Warsaw').add({ days: 1 }).withPlainTime(hour);
    const change = 'update merchant set clock_offset_ms = $2 where id = $1';
    await gateway.database.pool.query(change, [gateway.demo.merchantId, there.epochMilliseconds - Date.now()]);
    // The gateway forgets what it remembers of a shop that is changed.
    await updateShop(gateway, { sandboxDelayMs: 0 });
  }

  const under = (idempotencyKey: string, changes: object) =>
    call(gateway, 'POST /transaction', {
      ...{ body: saleBody(gateway, { blikCode: null, ...changes }), headers: { 'idempotency-key': idempotencyKey } },
    });

  it('though its channel cannot pay any more', async () => {
    const key = randomUUID();
    const wish = { paymentMethod: 'pbl', paymentMethodCode: 'bs' };
    await setClock('12:00');
    const made = await under(key, wish);
    await setClock('23:30'); // when these banks are closed
    const [again, other] = [await under(key, wish), await under(randomUUID(), wish)];
    expect([again.status, textAt(again, 'transaction.id')]).toEqual([200, textAt(made, 'transaction.id')]);
    expect(other.status).toBe(406);
  });

  it('though its wallet token has grown too old', async () => {
    const key = randomUUID();
    const wallet = JSON.parse(walletToken(gateway.demo.merchantId)) as object;
    const wish = { paymentMethod: 'wallet', paymentMethodCode: 'gpay', wallet };
    await gateway.database.pool.query('update merchant set clock_offset_ms = 0');
    await updateShop(gateway, { sandboxDelayMs: 0 });
    const made = await under(key, wish);
    await setClock('12:00');
    const [again, other] = [await under(key, wish), await under(randomUUID(), wish)];
    expect([again.status, textAt(again, 'transaction.id')]).toEqual([200, textAt(made, 'transaction.id')]);
    expect(other.status).toBe(422);
  });
});
