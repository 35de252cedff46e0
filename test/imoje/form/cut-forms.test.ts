import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateShop } from '../../start/pay.ts';
import { ask, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { aliasesOf, chargeAlias, ended, register } from '../rest/alias-calls.ts';
import { call, saleBody, textAt } from '../rest/client.ts';
import { type FlatFields, signByHand } from './sign-by-hand.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

const usual = (changes: FlatFields): FlatFields => ({
  ...{ merchantId: gateway.demo.merchantId, serviceId: gateway.demo.serviceId, amount: '10000', currency: 'PLN' },
  ...{ orderId: 'CUT/1', customerFirstName: 'Eve', customerLastName: 'Nowak', ...changes },
});

/** Posts what a payer has cut out of the form that the shop signed, which is another cut of the same text. */
function postCut(shop: FlatFields, cut: FlatFields, path = '/en/payment'): Promise<Response> {
  const signature = signByHand(usual(shop), gateway.demo.serviceKey);
  expect(signByHand(usual(cut), gateway.demo.serviceKey)).toBe(signature);
  const body = new URLSearchParams({ ...usual(cut), signature });
  return fetch(`${gateway.url}${path}`, { method: 'POST', body, redirect: 'manual' });
}
const post = (fields: FlatFields): Promise<Response> => postCut(fields, fields);
const idIn = (answer: Response): string => answer.headers.get('location')?.split('/')[2]?.split('?')[0] ?? '';

async function madeSoFar(): Promise<unknown> {
  const { rows } = await gateway.database.pool.query(
    'select (select count(*) from payment) as payments, (select count(*) from recipient) as recipients',
  );
  return rows[0];
}

const seller = '61109010140000071219812874';
const eve = '27114020040000300201355387';
const named = (place: number, ban: string, title: string): FlatFields => ({
  ...{ [`multipayout[${place}][amount]`]: '5000', [`multipayout[${place}][ban]`]: ban },
  ...{ [`multipayout[${place}][label]`]: 'Firma A', [`multipayout[${place}][title]`]: title },
});
const typed = `x&multipayout[1][amount]=5000&multipayout[1][ban]=${eve}&multipayout[1][label]=Firma A&multipayout[1][title]=y`;

describe('A recipient whom a form names', () => {
  it('may be any whom the merchant has named by GraphQL or REST', async () => {
    await call(gateway, 'POST /transaction', {
      body: saleBody(gateway, { multipayout: [{ ban: seller, amount: 1, label: 'Firma A' }] }),
    });
    const [first, again] = [await post(named(0, seller, 'x')), await post(named(0, seller, 'x'))];
    expect([first.status, idIn(again)]).toEqual([303, idIn(first)]);
    const query = 'query ($id: ID!) { payment(id: $id) { shares { iban } } }';
    const { data } = await ask(gateway, query, { variables: { id: idIn(first) } });
    expect(data).toEqual({ payment: { shares: [{ iban: `PL${seller}` }] } });
  });

  it.each<[string, () => FlatFields, () => FlatFields, number]>([
    [
      'as another one in the title of a share',
      () => named(0, seller, typed),
      () => ({ ...named(0, seller, 'x'), ...named(1, eve, 'y') }),
      2,
    ],
    [
      'in a field of a shop that has no baskets',
      () => ({ message: typed.replaceAll('[1]', '[0]') }),
      () => ({ message: 'x', ...named(0, eve, 'y') }),
      1,
    ],
  ])('is refused when the payer wrote him %s, and nothing is made', async (_, shop, cut, place) => {
    const before = await madeSoFar();
    const answer = await postCut(shop(), cut());
    const page = await answer.text();
    expect([answer.status, page]).toEqual([
      422,
      expect.stringContaining(
        `<code>multipayout</code>: Number ${place} of the list is no recipient of the merchant yet: name it first in shares of createPayment or in multipayout of a REST call.`,
      ),
    ]);
    expect(page).not.toContain(eve);
    expect(await madeSoFar()).toEqual(before);
  });

  it('is refused in a card widget as well', async () => {
    const payer = { customerId: 'eve', customerEmail: 'eve@example.com' };
    const cut = { ...payer, ...named(0, seller, 'x'), ...named(1, eve, 'y') };
    const answer = await postCut({ ...payer, ...named(0, seller, typed) }, cut, '/widget?lang=en');
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('Number 2 of the list')]);
  });

  it('is refused when only forms of an earlier version have named him', async () => {
    const added = `insert into recipient (id, merchant_id, name, iban, created_at) values (gen_random_uuid(), $1, 'Eve', $2, now())`;
    await gateway.database.pool.query(added, [gateway.demo.merchantId, `PL${eve}`]);
    expect((await post(named(0, eve, 'x'))).status).toBe(422);
  });

  it('does not keep a form that comes again from the payment that it has made', async () => {
    const first = await post(named(0, seller, 'again'));
    await gateway.database.pool.query('update recipient set is_confirmed = false where iban = $1', [`PL${seller}`]);
    expect(idIn(await post(named(0, seller, 'again')))).toBe(idIn(first));
    expect((await post(named(0, seller, 'anew'))).status).toBe(422);
  });
});

/** Pays by a code on the payer's page. */
async function payByCode(opened: Response, code: string): Promise<void> {
  expect(opened.status).toBe(303);
  const id = idIn(opened);
  const page = await (await fetch(`${gateway.url}/pay/${id}`)).text();
  const attempt = /name="attempt" value="([\w-]+)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ attempt, code });
  await fetch(`${gateway.url}/pay/${id}/blik`, { method: 'POST', body, redirect: 'manual' });
  const query = 'query ($id: ID!) { payment(id: $id) { status } }';
  const status = async () =>
    (await ask<{ payment: { status: string } }>(gateway, query, { variables: { id } })).data.payment.status;
  await expect.poll(status, { timeout: 10_000 }).toBe('SETTLED');
}

const tokenOf = async (id: string): Promise<unknown> =>
  (await gateway.database.pool.query('select token, details, label, status from profile where id = $1', [id])).rows[0];
const oneClick = { preselectMethodCode: 'blik_oneclick' };

describe('A BLIK alias that is registered over a form', () => {
  it('leaves that of another customer as it is, whom the payer has written into his name', async () => {
    const alias = await register(gateway, 'victim');
    const before = await tokenOf(alias.id);
    const opened = await postCut(
      { ...oneClick, customerFirstName: 'Eve&customerId=victim&customerIe=y', customerId: 'eve' },
      { ...oneClick, customerFirstName: 'Eve', customerId: 'victim', customerIe: 'y&customerId=eve' },
    );
    await payByCode(opened, '777123');
    expect(await tokenOf(alias.id)).toEqual(before);
    expect(await aliasesOf(gateway, 'victim')).toEqual([alias]);
  });

  it('stands beside it with the bank apps that hold no other', async () => {
    const alias = await register(gateway, 'beside');
    const before = await tokenOf(alias.id);
    await payByCode(await post({ ...oneClick, customerId: 'beside', orderId: 'CUT/2' }), '700010');
    expect(await tokenOf(alias.id)).toEqual(before);
    const [first, second] = await aliasesOf(gateway, 'beside');
    expect([first, second?.aliasList]).toEqual([alias, [{ key: 'app-2', label: 'Other simulated bank app' }]]);
    expect(textAt(await ended(gateway, await chargeAlias(gateway, second?.id ?? '')), 'transaction.status')).toBe(
      'settled',
    );
  });

  it('stands beside one that has expired, and is renewed by a call of the shop', async () => {
    const declined = await register(gateway, 'expired', '700011');
    await ended(gateway, await chargeAlias(gateway, declined.id));
    await payByCode(await post({ ...oneClick, customerId: 'expired', orderId: 'CUT/3' }), '777123');
    const [first, second] = await aliasesOf(gateway, 'expired');
    expect([first?.isActive, second?.isActive]).toEqual([0, 1]);
    const token = await tokenOf(second?.id ?? '');
    await register(gateway, 'expired');
    expect((await aliasesOf(gateway, 'expired')).map(({ id }) => id)).toEqual([first?.id, second?.id]);
    expect(await tokenOf(second?.id ?? '')).not.toEqual(token);
  });
});
