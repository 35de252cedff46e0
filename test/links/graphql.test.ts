import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, refusal, runMutation } from '../graphql/run-mutation.ts';
import { settleTenant, startBlik, type Tenant } from '../graphql/world.ts';
import { posted } from '../http/world.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'linkzq' });
});
afterAll(() => gateway.stop());

type Link = { readonly id: string; readonly url: string; readonly qrUrl: string };
type Payments = { edges: { node: { id: string; status: string } }[] };

const customer = { firstName: 'Jan', lastName: 'Kowalski' };
const state = 'status uses usesMax payments { edges { node { id status link { id } } } }';

const create = (input: object, select = `replayed paymentLink { id url qrUrl ${state} }`): Promise<Outcome> => {
  const given = { shopId: tenant.shopId, amount: 1234, currency: 'PLN', orderId: 'ORD/1', idempotencyKey: randomKey() };
  return runMutation(gateway, {
    ...{ name: 'createPaymentLink', select, key: tenant.key },
    input: { ...given, ...input },
  });
};
const disable = (id: string): Promise<Outcome> =>
  runMutation(gateway, {
    ...{ name: 'disablePaymentLink', select: `paymentLink { id disabledAt ${state} }`, key: tenant.key },
    input: { id },
  });
const randomKey = (): string => crypto.randomUUID();
const linkOf = ({ paymentLink }: Outcome): Link => paymentLink as Link;
const open = (link: Link): Promise<Response> => fetch(link.url, { redirect: 'manual' });
const paymentAt = (answer: Response): string => (answer.headers.get('location') ?? '').slice('/pay/'.length);

async function read(id: string): Promise<Record<string, unknown> & { payments: Payments }> {
  const query = `query($id: ID!) { paymentLink(id: $id) { ${state} } }`;
  const { data } = await ask<{ paymentLink: Record<string, unknown> & { payments: Payments } }>(gateway, query, {
    ...{ key: tenant.key, variables: { id } },
  });
  return data.paymentLink;
}

describe('createPaymentLink', () => {
  it('names every wrong field of one input, in one refusal', async () => {
    const faults = { idempotencyKey: '', orderId: '', usesMax: 0, description: 'x'.repeat(4_001), returnUrl: 'shop' };
    const { code, field, message } = await create({ ...faults, validUntil: '2020-01-01T00:00:00Z' });
    expect([code, field]).toEqual(['INVALID_INPUT', ['returnUrl']]);
    expect(message).toBe(
      [
        'Several fields are wrong.',
        'returnUrl must be an absolute http or https address; give an address such as https://shop.example/path.',
        'The idempotency key must have 1 to 255 characters, not 0.',
        'orderId must have 1 to 100 characters, not 0.',
        'usesMax must be 1 to 1000000, or null for a link without end.',
        'validUntil must lie at least 60 seconds ahead.',
        'description may have at most 4000 characters, not 4001.',
      ].join(' '),
    );
  });

  it('names all that is wrong only at this moment, for a key that is new', async () => {
    const faults = { validUntil: '2020-01-01T00:00:00Z', description: 'x'.repeat(4_001) };
    const { code, field, message } = await create(faults);
    expect([code, field]).toEqual(['INVALID_INPUT', ['validUntil']]);
    expect(message).toBe(
      'Several fields are wrong. validUntil must lie at least 60 seconds ahead. description may have at most 4000 characters, not 4001.',
    );
  });

  it('makes a link with one use and an address, once for each key', async () => {
    const input = { idempotencyKey: 'once', customer, validUntil: new Date(Date.now() + 86_400_000).toISOString() };
    const first = await create(input);
    expect(first).toMatchObject({
      replayed: false,
      paymentLink: { status: 'ACTIVE', uses: 0, usesMax: 1, payments: { edges: [] } },
    });
    expect(linkOf(first).url).toMatch(new RegExp(`^${gateway.url}/s/[0-9A-Za-z]{10}$`));
    expect(linkOf(first).qrUrl).toBe(`${linkOf(first).url}/qr.svg`);
    expect(await create(input)).toMatchObject({ replayed: true, paymentLink: { id: linkOf(first).id } });
    expect(await create({ ...input, usesMax: null })).toMatchObject(
      refusal('IDEMPOTENCY_KEY_REUSED', ['idempotencyKey']),
    );
  });

  it('keeps what it was given, and says so', async () => {
    const validUntil = '2099-01-01T00:00:00.000Z';
    const select =
      'paymentLink { shop { id } amount { amount currency } orderId title description validUntil usesMax disabledAt }';
    const words = { orderId: 'Zamówienie #1', title: 'Książka', description: 'dla Łucji' };
    expect(await create({ ...words, amount: 50, currency: 'EUR', validUntil, usesMax: 7 }, select)).toMatchObject({
      paymentLink: {
        ...{ ...words, amount: { amount: 50, currency: 'EUR' }, shop: { id: tenant.shopId } },
        ...{ validUntil, usesMax: 7, disabledAt: null },
      },
    });
  });

  it('refuses what makes no payment, and names the field', async () => {
    expect(await create({ usesMax: 0 })).toMatchObject(refusal('INVALID_INPUT', ['usesMax']));
    expect(await create({ amount: 0 })).toMatchObject(refusal('INVALID_INPUT', ['amount']));
    expect(await create({ description: '🫖'.repeat(4_001) })).toMatchObject(refusal('INVALID_INPUT', ['description']));
    expect(await create({ shopId: randomKey() })).toMatchObject(refusal('NOT_FOUND', ['shopId']));
  });
});

describe('A payment of a link', () => {
  it('is a payment like any other: told in the log, paid, and found on the link', async () => {
    const link = linkOf(await create({ customer }));
    const id = paymentAt(await open(link));
    expect(paymentAt(await open(link))).toBe(id);
    expect(await read(link.id)).toMatchObject({
      ...{ status: 'USED_UP', uses: 1 },
      payments: { edges: [{ node: { id, status: 'NEW', link: { id: link.id } } }] },
    });
    await startBlik(gateway, { key: tenant.key, paymentId: id });
    await expect.poll(async () => (await read(link.id)).payments.edges[0]?.node.status).toBe('SETTLED');
    const { rows } = await gateway.database.pool.query<{ type: string }>(
      'select type from event where payment_id = $1 order by number',
      [id],
    );
    expect([rows[0]?.type, rows.at(-1)?.type].sort()).toEqual(['PAYMENT_CREATED', 'PAYMENT_SETTLED']);
  });

  it('is one for each payer of a link without an end of uses', async () => {
    const link = linkOf(await create({ usesMax: null }));
    for (const firstName of ['Jan', 'Łucja']) {
      const nonce = /name="nonce" value="([^"]+)"/.exec(await (await fetch(link.url)).text())?.[1] ?? '';
      const form = { ...{ firstName, lastName: 'Nowak', email: 'a@shop.example' }, nonce };
      expect((await fetch(link.url, { ...posted(form), redirect: 'manual' })).status).toBe(303);
    }
    expect(await read(link.id)).toMatchObject({ status: 'ACTIVE', uses: 2, usesMax: null });
  });
});

describe('How far a link is used', () => {
  it('is told without a look at its payments, however many it made', async () => {
    const link = linkOf(await create({ customer }));
    await open(link);
    const query = 'query($id: ID!) { paymentLink(id: $id) { status uses } }';
    const client = await gateway.database.pool.connect();
    try {
      await client.query('begin; lock table payment in access exclusive mode');
      expect(await ask(gateway, query, { key: tenant.key, variables: { id: link.id } })).toMatchObject({
        data: { paymentLink: { status: 'USED_UP', uses: 1 } },
      });
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

describe('disablePaymentLink', () => {
  it('ends the link and the payment of its one use, and changes nothing the second time', async () => {
    const link = linkOf(await create({ customer }));
    const id = paymentAt(await open(link));
    const first = await disable(link.id);
    expect(first).toMatchObject({
      paymentLink: { status: 'DISABLED', payments: { edges: [{ node: { id, status: 'CANCELLED' } }] } },
    });
    expect(await disable(link.id)).toEqual(first);
  });

  it('is refused for a link that nobody has', async () => {
    expect(await disable(randomKey())).toMatchObject(refusal('NOT_FOUND', ['id']));
    expect(await disable('x')).toMatchObject(refusal('NOT_FOUND', ['id']));
  });
});

describe('paymentLinks', () => {
  it('lists those of the shop, newest first', async () => {
    const made = [await create({}), await create({}), await create({ usesMax: 3 })].map((one) => linkOf(one).id);
    const { data } = await ask<{ paymentLinks: { edges: { node: { id: string } }[] } }>(
      gateway,
      'query($shopId: ID!) { paymentLinks(shopId: $shopId, first: 3) { edges { node { id status uses } } } }',
      { key: tenant.key, variables: { shopId: tenant.shopId } },
    );
    expect(data.paymentLinks.edges.map(({ node }) => node.id)).toEqual(made.toReversed());
  });
});
