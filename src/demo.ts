import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scope, scopes } from './auth/actor.ts';
import { hashKey, newApiKey, newRestToken } from './auth/model.ts';
import { insertKey, keepsKeys } from './auth/store.ts';
import type { Clock } from './kernel/clock.ts';
import { type Database, inTransaction, type Tx } from './kernel/db/database.ts';
import { takeTurn } from './kernel/db/take-turn.ts';
import { newId, newMerchantId, newShopId } from './kernel/ids.ts';
import { currencies } from './kernel/money.ts';
import type { Seal } from './kernel/seal.ts';
import { StartError } from './kernel/start-error.ts';
import { openAccounts } from './ledger/sql/open-accounts.ts';
import { insertMerchant } from './merchants/sql/insert-merchant.ts';
import { insertPayoutAccounts } from './merchants/sql/insert-payout-accounts.ts';
import { createOperatorKey } from './operator/create-operator-key.ts';
import { listRatesPpm } from './pricing/model.ts';
import { insertPlan } from './pricing/store.ts';
import { type Channel, channels } from './shops/model.ts';
import { giveServiceKey } from './shops/rotate-service-key.ts';
import { insertShop } from './shops/sql/insert-shop.ts';

/** What `demo.json` holds: all that is needed to try the sandbox. */
export type Demo = {
  readonly graphqlUrl: string;
  readonly websocketUrl: string;
  readonly paywallUrl: string;
  readonly restUrl: string;
} & DemoSecrets;

/** The turns of starts that look for the demo. */
const demos = 2;

/** A well-formed account number of a bank that does not exist. */
const demoIban = 'PL74999000090000000000000001';

type DemoSecrets = {
  readonly merchantId: string;
  readonly shopId: string;
  readonly serviceId: string;
  readonly serviceKey: string;
  readonly restToken: string;
  readonly apiKey: string;
  /** Of the back office; a merchant's program has no use for it. */
  readonly operatorKey: string;
};

/**
 * Makes sure that the sandbox has a demo merchant with a shop, and that `demo.json` in the data dir says how to reach
 * them. What the file names is kept as long as the database knows it, so a restart changes no secret. A file that leads to another
 * process, which answers, stays as it is.
 * @throws StartError when that process is on another database: its secrets stand nowhere else.
 */
export async function prepareDemo(
  deps: { readonly database: Database; readonly clock: Clock; readonly seal: Seal },
  place: { readonly dataDir: string; readonly publicUrl: string },
): Promise<void> {
  const file = join(place.dataDir, 'demo.json');
  const before = await readDemo(file);
  const answers = before.paywallUrl !== place.publicUrl && (await leadsToAnother(before));
  await inTransaction(deps.database, async (tx) => {
    // Of starts at once the first makes them, and the others find what it has written.
    await takeTurn(tx, 'demo', demos);
    const given = await readDemo(file);
    const known = await knownOf(tx, given);
    if (answers && given.apiKey === before.apiKey) {
      if (known) return;
      throw new StartError(
        `Another Bramka, on another database, is running at ${given.paywallUrl} with the data directory ${place.dataDir}; stop it, or name another directory in BRAMKA_DATA_DIR.`,
      );
    }
    const made = known ?? (await createDemo(tx, deps));
    const operatorKey = made.operatorKey ?? (await giveOperatorKey(tx, deps.clock));
    await writeDemo(file, { ...addressesAt(place.publicUrl), ...made, operatorKey });
  });
}

function addressesAt(publicUrl: string): Omit<Demo, keyof DemoSecrets> {
  return {
    graphqlUrl: `${publicUrl}/graphql`,
    websocketUrl: `${publicUrl.replace(/^http/, 'ws')}/graphql`,
    paywallUrl: publicUrl,
    restUrl: `${publicUrl}/v1/merchant`,
  };
}

/** A crash in the middle must not leave half of it: the secrets would be lost, and the next start would make others. */
async function writeDemo(file: string, demo: Demo): Promise<void> {
  const draft = `${file}.new-${process.pid}`;
  await writeFile(draft, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

/** So long the gateway that `demo.json` names may take to answer, in milliseconds; each start on another address waits for it. */
const answerMsMax = 1_000;

/** Whether a gateway answers there, and takes the key as that of the demo merchant. Only our own files name it. */
async function leadsToAnother({ graphqlUrl, apiKey, merchantId }: Partial<Demo>): Promise<boolean> {
  if (!graphqlUrl || !apiKey || !merchantId) return false;
  try {
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: '{"query":"{ viewer { merchant { id } } }"}',
      redirect: 'error',
      signal: AbortSignal.timeout(answerMsMax),
    });
    const answer = (await response.json()) as { data?: { viewer?: { merchant?: { id?: unknown } } } } | null;
    return answer?.data?.viewer?.merchant?.id === merchantId;
  } catch {
    return false;
  }
}

/** The operator's key is missing in a file of a version that had no operators. */
type KeptSecrets = Omit<DemoSecrets, 'operatorKey'> & { readonly operatorKey?: string };

/** The secrets of an earlier start, if this database still knows them. */
async function knownOf(tx: Tx, given: Partial<Demo>): Promise<KeptSecrets | undefined> {
  const { merchantId, shopId, serviceId, serviceKey, restToken, apiKey, operatorKey } = given;
  if (!merchantId || !shopId || !serviceId || !serviceKey || !restToken || !apiKey) return undefined;
  const kept = await keepsKeys(tx, { key: hashKey(apiKey), operatorKey: hashKey(operatorKey ?? '') });
  if (!kept.key) return undefined;
  const secrets = { merchantId, shopId, serviceId, serviceKey, restToken, apiKey };
  return operatorKey && kept.operatorKey ? { ...secrets, operatorKey } : secrets;
}

async function giveOperatorKey(tx: Tx, clock: Clock): Promise<string> {
  return (await createOperatorKey(tx, { clock, mode: 'test' }, { name: 'Demo', expiresAt: undefined })).secret;
}

async function readDemo(file: string): Promise<Partial<Demo>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    return (JSON.parse(text) as Partial<Demo> | null) ?? {};
  } catch {
    return {};
  }
}

async function createDemo(tx: Tx, deps: { readonly clock: Clock; readonly seal: Seal }): Promise<KeptSecrets> {
  const now = deps.clock.now();
  const merchantId = newMerchantId();
  const shopId = newShopId();
  await insertMerchant(tx, {
    ...{ id: merchantId, status: 'ACTIVE', legalForm: 'SOLE_TRADER', name: 'Demo', nip: '5260250274', createdAt: now },
  });
  await insertPayoutAccounts(
    tx,
    currencies.map((currency) => ({ id: newId(now), merchantId, currency, iban: demoIban, validFrom: now })),
  );
  await insertShop(tx, {
    ...{ id: shopId, merchantId, status: 'ACTIVE', name: 'Sklep Demo', currencies, createdAt: now },
    channels: Object.keys(channels) as Channel[],
  });
  await openAccounts(
    tx,
    currencies.map((currency) => ({ kind: 'SHOP', owner: shopId, currency })),
  );
  await insertPlan(tx, { id: newId(now), shopId, validFrom: now, createdAt: now, ratesPpm: listRatesPpm });
  const serviceKey = await giveServiceKey(tx, deps.seal, { shopId, at: now });
  const owner = { merchantId, now };
  const apiKey = await giveKey(tx, owner, {
    kind: 'API',
    secret: newApiKey('test'),
    scopes: Object.keys(scopes) as Scope[],
  });
  const restToken = await giveKey(tx, owner, { kind: 'REST', secret: newRestToken(), scopes: [] });
  return { merchantId, shopId, serviceId: shopId, serviceKey, restToken, apiKey };
}

async function giveKey(
  tx: Tx,
  owner: { readonly merchantId: string; readonly now: Date },
  key: { readonly kind: 'API' | 'REST'; readonly secret: string; readonly scopes: Scope[] },
): Promise<string> {
  await insertKey(tx, {
    id: newId(owner.now),
    kind: key.kind,
    merchantId: owner.merchantId,
    shopId: null,
    name: 'Demo',
    hash: new Uint8Array(hashKey(key.secret)),
    hint: key.secret.slice(-4),
    scopes: key.scopes,
    createdAt: owner.now,
    expiresAt: null,
    revokedAt: null,
  });
  return key.secret;
}
