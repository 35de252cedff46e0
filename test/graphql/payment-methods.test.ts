import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMerchant, createShop } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { createPayment, giveKey, startBlik } from './world.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});

afterAll(() => gateway.stop());

type Method = {
  readonly method: string;
  readonly channels: readonly string[];
  readonly options: readonly {
    readonly channel: string;
    readonly name: string;
    readonly unavailable: { readonly reason: string; readonly until: string | null } | null;
  }[];
};

/** A shop whose merchant's clock shows this time of the next day in Warsaw; undefined: the time it is. */
async function openShop(at?: { hour: number; minute: number }): Promise<{ shopId: string; key: string; now: Date }> {
  const here = Temporal.Now.zonedDateTimeISO('Europe/Warsaw');
  const there = at ? here.add({ days: 1 }).with({ ...at, second: 0, millisecond: 0 }) : here;
  const clockOffsetMs = there.epochMilliseconds - here.epochMilliseconds;
  const merchantId = await createMerchant(gateway.database, { clockOffsetMs });
  const { shop } = await createShop(gateway.database, { merchantId });
  const { secret } = await giveKey(gateway.database, { merchantId });
  return { shopId: shop.id, key: secret, now: new Date(there.epochMilliseconds) };
}

async function methodsOf(shop: { shopId: string; key: string }, more = '', amount = 100): Promise<readonly Method[]> {
  const { data, errors } = await ask<{ paymentMethods: readonly Method[] }>(
    gateway,
    `query ($id: ID!, $amount: MinorUnits!) {
      paymentMethods(shopId: $id, amount: $amount, currency: PLN ${more}) {
        method channels options { channel name unavailable { reason until } }
      }
    }`,
    { key: shop.key, variables: { id: shop.shopId, amount } },
  );
  expect(errors).toBeUndefined();
  return data.paymentMethods;
}

const methodNamed = (methods: readonly Method[], name: string) => methods.find(({ method }) => method === name);

describe('paymentMethods at an hour at which a bank is closed', () => {
  it('leaves that bank out, by the clock of the merchant', async () => {
    const [night, day] = [await openShop({ hour: 3, minute: 10 }), await openShop({ hour: 12, minute: 0 })];
    const banks = methodNamed(await methodsOf(night), 'PBL');
    expect(banks?.channels).toContain('ing');
    expect(banks?.channels).not.toContain('nest');
    expect(banks?.options.map(({ channel }) => channel)).toEqual(banks?.channels);
    expect(methodNamed(await methodsOf(day), 'PBL')?.channels).toContain('nest');
  });

  it('says why and until when to whoever asks for all, with names in the language asked for', async () => {
    const night = await openShop({ hour: 3, minute: 10 });
    const banks = methodNamed(await methodsOf(night, 'includeUnavailable: true, locale: en'), 'PBL');
    expect(banks?.channels).not.toContain('nest');
    const until = new Date(night.now.getTime() + 20 * 60_000).toISOString();
    expect(banks?.options.find(({ channel }) => channel === 'nest')).toEqual({
      channel: 'nest',
      name: 'Nest Bank',
      unavailable: { reason: 'OUTSIDE_HOURS', until },
    });
    expect(banks?.options.find(({ channel }) => channel === 'getin')).toEqual({
      channel: 'getin',
      name: 'VeloBank (formerly Getin)',
      unavailable: null,
    });
  });
});

describe('paymentMethods of an amount', () => {
  it.each([
    [29_999, undefined],
    [30_000, ['inbank', 'inbank_0']],
    [5_000_000, ['inbank', 'inbank_0']],
    [5_000_001, undefined],
  ])('of %i minor units has the instalments %j, and pay later in any case', async (amount, expected) => {
    const methods = await methodsOf(await openShop(), 'includeUnavailable: true', amount);
    expect(methodNamed(methods, 'INSTALLMENTS')?.channels).toEqual(expected);
    expect(methodNamed(methods, 'PAY_LATER')?.channels).toEqual([
      'imoje_twisto',
      'paypo',
      'pragma_go',
      'blik_paylater',
    ]);
  });
});

describe('paymentMethods while an acquirer does not answer', () => {
  it('leaves out BLIK, which nobody can start then, and says so to whoever asks for all', async () => {
    const shop = await openShop();
    expect(methodNamed(await methodsOf(shop), 'BLIK')?.channels).toEqual(['blik', 'blik_oneclick']);
    const pay = async (code: string) => {
      const paymentId = await createPayment(gateway, { ...shop, mark: randomUUID() });
      return startBlik(gateway, { key: shop.key, paymentId, code });
    };
    // Codes that the simulated acquirer never answers: the gateway gives each call up after three seconds.
    await Promise.all(Array.from({ length: 5 }, () => pay('700000')));
    const methods = await methodsOf(shop);
    expect(methodNamed(methods, 'BLIK')).toBeUndefined();
    expect(methodNamed(methods, 'PBL')?.channels).toContain('ing');
    expect(methodNamed(await methodsOf(shop, 'includeUnavailable: true'), 'BLIK')).toEqual({
      method: 'BLIK',
      channels: [],
      options: [
        { channel: 'blik', name: 'BLIK', unavailable: { reason: 'ACQUIRER_DOWN', until: null } },
        {
          channel: 'blik_oneclick',
          name: 'BLIK bez kodu',
          unavailable: { reason: 'ACQUIRER_DOWN', until: null },
        },
      ],
    });
    await expect(pay('123456')).rejects.toThrow('METHOD_NOT_AVAILABLE');
    const page = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(page).toContain('bramka_acquirer_up{acquirer="sandbox-blik"} 0\n');
    expect(page).toContain('bramka_acquirer_up{acquirer="sandbox-banks"} 1\n');
  });
});
