import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { openWire, type Wire } from '../client/open-wire.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { root } from '../support/run-command.ts';
import { plain, writeEvents } from '../support/write-events.ts';

let gateway: TestGateway;
let wire: Wire;

// As in Node 20, which README promises: it has no WebSocket of its own, so the example must bring one.
vi.stubGlobal('WebSocket', undefined);

beforeAll(async () => {
  gateway = await startTestGateway();
  wire = await openWire(gateway.url);
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await wire?.close();
  await gateway?.stop();
});

type Follow = (shopId: string, after: string, handle: (event: { cursor: string }) => void) => Promise<never>;

const stopped = new Error('The test is over.');
let over = false;

/** The function of the example, with a query of its own if there is to be one. It subscribes again at once, until the test is over. */
async function readExample(changed: (example: string) => string = (example) => example): Promise<Follow> {
  const page = await readFile(join(root, 'docs/events.md'), 'utf8');
  const [, example = ''] = /```js\n(import \{ createClient \} from 'graphql-ws'.*?)```/s.exec(page) ?? [];
  const body = changed(example)
    .replace(/^import .*$/gm, '')
    .replace('export ', '')
    .replace('ws://127.0.0.1:4000', wire.url);
  const pause = async (): Promise<void> => {
    if (over) throw stopped;
  };
  const quiet = { error: () => {} };
  const make = new Function('createClient', 'pause', 'WebSocket', 'key', 'console', `${body}; return follow;`);
  return make(createClient, pause, WebSocket, gateway.demo.apiKey, quiet);
}

it('The example for graphql-ws ends by what its reader throws, and by a document that will never do', async () => {
  const { shopId } = gateway.demo;
  await writeEvents(gateway.database, shopId, plain(1));
  const start = encodeCursor(shopId, 0n);
  const follow = await readExample();
  const mistake = new TypeError('a mistake of the reader');
  const fail = () => {
    throw mistake;
  };
  await expect(follow(shopId, start, fail)).rejects.toBe(mistake);
  const wrong = await readExample((example) => example.replace('{ cursor type }', '{ cursor kind }'));
  await expect(wrong(shopId, start, () => {})).rejects.toMatchObject({ message: expect.stringContaining('"kind"') });
  await expect(follow(crypto.randomUUID(), start, () => {})).rejects.toMatchObject({
    extensions: { code: 'NOT_FOUND' },
  });
});

it('The example for graphql-ws misses nothing and doubles nothing when its connection is cut', async () => {
  const seen: string[] = [];
  const { shopId } = gateway.demo;
  const follow = await readExample();
  const first = (await gateway.database.pool.query('select last_number from shop_counter where shop_id = $1', [shopId]))
    .rows[0].last_number as bigint;
  const following = follow(shopId, encodeCursor(shopId, first), ({ cursor }) => seen.push(cursor));
  for (let round = 1; round <= 3; round += 1) {
    await writeEvents(gateway.database, shopId, plain(2));
    await expect.poll(() => seen.length).toBe(round * 4 - 2);
    wire.lead(undefined);
    wire.cut();
    await writeEvents(gateway.database, shopId, plain(2));
    wire.lead(gateway.url);
    await expect.poll(() => seen.length).toBe(round * 4);
  }
  expect(seen).toEqual(seen.map((_, index) => encodeCursor(shopId, first + BigInt(index + 1))));
  over = true;
  wire.lead(undefined);
  wire.cut();
  await expect(following).rejects.toBe(stopped);
});
