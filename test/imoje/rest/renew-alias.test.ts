import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import * as calls from './alias-calls.ts';
import { call, type RestAnswer, textAt } from './client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

const aliasesOf = (cid: string) => calls.aliasesOf(gateway, cid);
const register = (cid: string, blikCode?: string) => calls.register(gateway, cid, blikCode);
const charge = (id: string, changes?: object) => calls.chargeAlias(gateway, id, changes);
const deactivate = (blikProfileId: string, blikKey?: string) =>
  call(gateway, 'POST /profile/deactivate/blik', { body: { blikProfileId, blikKey } });
const payments = async (): Promise<number> =>
  Number((await gateway.database.pool.query('select count(*) from payment')).rows[0].count);

/** How a charge ended: its status, and its code where it was refused. */
async function outcomeOf(answer: RestAnswer): Promise<string> {
  const { body } = await calls.ended(gateway, answer);
  const { status, statusCode = '' } = (body as { transaction: { status: string; statusCode?: string } }).transaction;
  return `${status} ${statusCode}`.trim();
}

const problemOf = ({ status, body }: RestAnswer): unknown[] => {
  const { code, errors } = (body as { apiErrorResponse: { code: string; errors: { path: string }[] } })
    .apiErrorResponse;
  return [status, code, errors.map(({ path }) => path)];
};

const one = { key: 'app-1', label: 'Simulated bank app' };
const other = { key: 'app-2', label: 'Other simulated bank app' };

describe('A BLIK alias', () => {
  it('that one of its two bank apps has left is charged by the other, which need not be named', async () => {
    const { id } = await register('one-left', '700010');
    await deactivate(id, 'app-1');
    expect(await outcomeOf(await charge(id))).toBe('settled');
  });

  it('that the bank declines is not active until its payer has paid by a code, which renews it', async () => {
    const { id } = await register('declined', '700011');
    expect(await outcomeOf(await charge(id, { blikKey: 'app-1' }))).toBe('rejected BLK-ERROR-210003');
    expect(await aliasesOf('declined')).toMatchObject([{ id, isActive: 0, aliasList: [] }]);
    expect(problemOf(await charge(id))).toEqual([422, 'TRX-ERROR-120301', ['blikProfileId']]);
    expect(await outcomeOf(await charge(id, { blikCode: '777123' }))).toBe('settled');
    expect(await aliasesOf('declined')).toEqual([{ id, label: one.label, isActive: 1, aliasList: [one] }]);
    expect(await outcomeOf(await charge(id))).toBe('settled');
  });

  it('is none the worse for a bank app that never held it, nor for a code that is refused', async () => {
    const alias = await register('wrong-key');
    expect(await outcomeOf(await charge(alias.id, { blikKey: 'app-9' }))).toBe('rejected BLK-ERROR-210002');
    expect(await outcomeOf(await charge(alias.id, { blikCode: '960111' }))).toBe('rejected BLK-ERROR-210015');
    expect(await aliasesOf('wrong-key')).toEqual([alias]);
  });

  it('is renewed when the same bank app registers again, by a code or by another first payment', async () => {
    const alias = await register('again', '700011');
    expect(await register('again')).toEqual(alias);
    expect(await outcomeOf(await charge(alias.id))).toBe('settled');
    expect(await outcomeOf(await charge(alias.id, { blikCode: '777123' }))).toBe('settled');
    expect(await aliasesOf('again')).toEqual([alias]);
  });

  it('of two bank apps keeps the one that does not register again', async () => {
    const both = await register('both', '700010');
    const next = await register('both');
    expect(await aliasesOf('both')).toEqual([
      { ...both, label: other.label, aliasList: [other] },
      { id: next.id, label: one.label, isActive: 1, aliasList: [one] },
    ]);
    expect(await outcomeOf(await charge(both.id))).toBe('settled');
    expect(await outcomeOf(await charge(next.id))).toBe('settled');
    await register('both', '700010');
    expect((await aliasesOf('both')).flatMap(({ aliasList }) => aliasList)).toEqual([one, other]);
  });

  it('that the shop has ended stays so: a code does not charge it, and another first payment makes a new one', async () => {
    const { id } = await register('gone');
    await deactivate(id);
    const before = await payments();
    expect(problemOf(await charge(id, { blikCode: '777123' }))).toEqual([422, 'TRX-ERROR-120301', ['blikProfileId']]);
    expect(await payments()).toBe(before);
    const next = await register('gone');
    expect(await aliasesOf('gone')).toMatchObject([{ id, isActive: 0, aliasList: [] }, { isActive: 1 }]);
    expect(next.id).not.toBe(id);
  });

  it('is the customer’s own: what another registers renews nothing of his', async () => {
    const mine = await register('mine');
    await register('his');
    expect(await aliasesOf('mine')).toEqual([mine]);
  });
});

describe('A charge of a BLIK alias that cannot be made', () => {
  it('by a code needs the address of the payer, as guesses are counted by it', async () => {
    const { id } = await register('guessed');
    const answer = await charge(id, { blikCode: '777123', clientIp: undefined });
    expect(problemOf(answer)).toEqual([422, 'REQ-ERROR-100422', ['clientIp']]);
    expect(await outcomeOf(await charge(id, { clientIp: undefined }))).toBe('settled');
  });

  it('leaves no payment behind', async () => {
    const { id } = await register('foreign');
    const before = await payments();
    for (const changes of [{}, { blikCode: '777123' }]) {
      const answer = await charge(id, { currency: 'EUR', ...changes });
      expect(problemOf(answer)).toEqual([422, 'TRX-ERROR-120104', ['currency']]);
      expect(await payments()).toBe(before);
    }
  });

  it('is answered as it was when it is repeated, whatever became of the alias since', async () => {
    const { id } = await register('repeat', '700010');
    const body = {
      ...{ serviceId: gateway.demo.serviceId, blikProfileId: id, amount: 1, currency: 'PLN', orderId: '1' },
      ...{ blikCode: '777123', clientIp: '192.0.2.7' },
    };
    const send = () =>
      call(gateway, 'POST /transaction/profile/blik', { body, headers: { 'idempotency-key': 'repeat-1' } });
    const first = await send();
    expect(await outcomeOf(first)).toBe('settled');
    await deactivate(id);
    expect(textAt(await send(), 'transaction.id')).toBe(textAt(first, 'transaction.id'));
  });
});
