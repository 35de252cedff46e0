import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { signed } from './sign-by-hand.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  // The demo shop offers everything else.
  const { pool } = gateway.database;
  await pool.query("update shop_method set enabled = false where shop_id = $1 and channel = 'noble'", [
    gateway.demo.shopId,
  ]);
});
afterAll(() => gateway.stop());

type Opened = { readonly method: string | undefined; readonly tile: string | undefined };

/** What is open on the payer's page of a signed form: 300.00 PLN, which every method pays, with these changes. */
async function openedBy(changes: Record<string, string>): Promise<Opened> {
  const { demo, url } = gateway;
  const fields = {
    ...{ serviceId: demo.serviceId, merchantId: demo.merchantId, amount: '30000', currency: 'PLN' },
    ...{ orderId: randomUUID(), customerFirstName: 'Łucja', customerLastName: 'Żak' },
    ...changes,
  };
  const body = new URLSearchParams(signed(fields, demo.serviceKey));
  const answer = await fetch(`${url}/en/payment`, { method: 'POST', body });
  expect(answer.status).toBe(200);
  return openedOn(await answer.text());
}

function openedOn(page: string): Opened {
  const open = [...page.matchAll(/<details name="method" class="way" open>\s*<summary>([^<]+)<(.*?)<\/details>/gs)];
  expect(open).toHaveLength(1);
  // In other methods the only tile is chosen whatever the form says.
  const chosen = [...(open[0]?.[2] ?? '').matchAll(/name="channel" value="([^"]+)" required checked/g)];
  expect(chosen.length).toBeLessThanOrEqual(1);
  return { method: open[0]?.[1], tile: chosen[0]?.[1] };
}

describe('A form with preselectMethodCode', () => {
  it.each([
    ['blik', 'BLIK', undefined],
    ['ecom3ds', 'Payment card', undefined],
    ['gpay', 'Wallet', undefined],
    ['mtransfer', 'Bank transfer', 'mtransfer'],
    ['ipko', 'Bank transfer', 'ipko'],
    ['ing', 'Bank transfer', 'ing'],
    ['paypo', 'Pay later', 'paypo'],
    ['inbank_0', 'Instalments', 'inbank_0'],
  ])('%s opens the very method and chooses its tile', async (preselectMethodCode, method, tile) => {
    expect(await openedBy({ preselectMethodCode })).toEqual({ method, tile });
  });

  it.each([
    ['a bank that imoje knows and the gateway lacks', { preselectMethodCode: 'envelo' }],
    ['a bank that the shop does not offer', { preselectMethodCode: 'noble' }],
    ['instalments of too small an amount', { preselectMethodCode: 'inbank', amount: '1234' }],
    ['a bank for another currency', { preselectMethodCode: 'ipko', currency: 'EUR' }],
    ['a bank where the form wants other methods', { preselectMethodCode: 'ipko', visibleMethod: 'blik,card' }],
  ])('of %s opens what would be open without it', async (_what, changes) => {
    const { preselectMethodCode: _, ...without } = changes as Record<string, string>;
    expect(await openedBy(changes)).toEqual(await openedBy(without));
  });

  it('opens the same at the address of POST /payment', async () => {
    const { demo, url } = gateway;
    const pay = async (preselectMethodCode: string): Promise<Opened> => {
      const answer = await fetch(`${url}/v1/merchant/${demo.merchantId}/payment`, {
        method: 'POST',
        headers: { authorization: `Bearer ${demo.restToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ serviceId: demo.serviceId, amount: 30_000, currency: 'PLN', orderId: 'ORD/1', preselectMethodCode },
          customer: { firstName: 'Łucja', lastName: 'Żak', locale: 'en' },
        }),
      });
      const { payment } = (await answer.json()) as { readonly payment: { readonly url: string } };
      return openedOn(await (await fetch(payment.url)).text());
    };
    expect(await pay('ipko')).toEqual({ method: 'Bank transfer', tile: 'ipko' });
    expect(await pay('noble')).toEqual({ method: 'BLIK', tile: undefined });
    expect(await pay('no such code')).toEqual({ method: 'BLIK', tile: undefined });
  });
});
