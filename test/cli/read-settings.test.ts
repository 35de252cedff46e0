import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSettings } from '../../cli/src/read-settings.ts';

const demo = {
  graphqlUrl: 'http://127.0.0.1:1/graphql',
  apiKey: 'bk_test_demo',
  shopId: 'demo-shop',
  merchantId: 'demo-merchant',
  serviceKey: 'demo-key',
};
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bramka-settings-'));
  await writeFile(join(dataDir, 'demo.json'), JSON.stringify(demo));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it('The merchant and the service key of demo.json are those of its shop alone', async () => {
  const { graphqlUrl: url, ...ofDemo } = demo;
  expect(await readSettings({ dataDir }, {})).toEqual({ ...ofDemo, url, dataDir, webhookSecret: undefined });
  const env = { BRAMKA_SHOP_ID: 'other-shop', BRAMKA_API_KEY: 'bk_test_other', BRAMKA_SERVICE_KEY: 'other-key' };
  const other = await readSettings({ dataDir }, env);
  expect(other).toMatchObject({ shopId: 'other-shop', serviceKey: 'other-key', merchantId: undefined });
});

it('A variable that is empty is not set', async () => {
  const names = ['URL', 'API_KEY', 'SHOP_ID', 'MERCHANT_ID', 'SERVICE_KEY', 'WEBHOOK_SECRET'];
  const empty = Object.fromEntries(names.map((name) => [`BRAMKA_${name}`, '']));
  expect(await readSettings({ dataDir }, empty)).toEqual(await readSettings({ dataDir }, {}));
  const elsewhere = { ...empty, BRAMKA_URL: 'https://pay.example', BRAMKA_SHOP_ID: 'a', BRAMKA_API_KEY: 'bk_test_a' };
  expect(await readSettings({}, elsewhere)).toMatchObject({ serviceKey: undefined, merchantId: undefined });
  await expect(readSettings({}, { BRAMKA_DATA_DIR: '' })).rejects.toThrow('.bramka/demo.json cannot be read');
});
