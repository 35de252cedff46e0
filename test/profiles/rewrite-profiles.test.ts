import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Profile } from '../../src/kernel/db/generated/prisma/client.ts';
import { newId } from '../../src/kernel/ids.ts';
import { insertProfiles } from '../../src/profiles/sql/insert-profiles.ts';
import { rewriteProfiles } from '../../src/profiles/sql/rewrite-profiles.ts';
import { readProfiles } from '../../src/profiles/store.ts';
import { openWorld, startedPayment, type World } from '../payments/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

async function storeAlias(status: Profile['status']): Promise<Profile> {
  const shop = await world.openShop();
  const { transaction } = await startedPayment(world, shop);
  const at = world.clock.now();
  const alias: Profile = {
    ...{ id: newId(at), shopId: shop.id, customerId: 'anna', kind: 'ONE_CLICK', method: 'BLIK', status },
    ...{ label: 'Anna', token: 'an alias', details: { apps: [] }, firstTransactionId: transaction.id },
    ...{ createdAt: at, updatedAt: at },
  };
  await inTransaction(world.database, (tx) => insertProfiles(tx, [alias]));
  return alias;
}

const stored = ({ id }: Profile) => inTransaction(world.database, (tx) => readProfiles(tx, [id]));

describe('Rewriting aliases', () => {
  it('writes what has changed of them, their state too', async () => {
    const alias = await storeAlias('EXPIRED');
    const renewed = { ...alias, status: 'ACTIVE', token: 'another alias' } as const;
    await inTransaction(world.database, (tx) => rewriteProfiles(tx, [{ profile: renewed, was: 'EXPIRED' }]));
    expect(await stored(alias)).toEqual([renewed]);
  });

  it.each<[Profile['status'], Profile['status']]>([
    ['EXPIRED', 'ACTIVE'],
    ['DEACTIVATED', 'ACTIVE'],
  ])('writes nothing when one is %s and was thought to be %s', async (status, was) => {
    const [good, alias] = [await storeAlias('ACTIVE'), await storeAlias(status)];
    const changed = [good, alias].map((one) => ({ profile: { ...one, token: 'another alias' }, was }));
    await expect(inTransaction(world.database, (tx) => rewriteProfiles(tx, changed))).rejects.toThrow(
      'An alias was not in the state it was thought to be in.',
    );
    expect([...(await stored(good)), ...(await stored(alias))]).toEqual([good, alias]);
  });
});
