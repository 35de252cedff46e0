import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@bramka/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listen } from '../../cli/src/listen.ts';
import { type Answers, answerSubscriptions } from '../client/answer-subscriptions.ts';
import { createInbox } from '../start/inbox.ts';
import { openShopServer } from '../webhooks/shop-server.ts';
import { endBramkas, runBramka, startBramka } from './run-bramka.ts';

let folder: string;
let ending: AbortController;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bramka-place-'));
  ending = new AbortController();
});
afterEach(() => {
  endBramkas();
  rmSync(folder, { recursive: true });
});

const shopId = 'shop-1';
const placeFile = (): string => join(folder, 'place.json');
const keptPlace = (): string => JSON.parse(readFileSync(placeFile(), 'utf8')).cursor;

const event = {
  ...{ __typename: 'PaymentEvent', cursor: 'at 2', number: 2, type: 'PAYMENT_CREATED', at: '2026-03-02T12:00:00.000Z' },
  ...{ shop: { id: shopId }, status: 'NEW', paymentStatus: 'NEW' },
  payment: { id: 'payment-1', amount: { amount: 100, currency: 'PLN' }, orderId: 'ORDER-1' },
};
const told = { data: { events: event } };

type Listening = {
  readonly print?: () => Promise<void>;
  readonly forward?: string;
  readonly say?: (sentence: string) => void;
  readonly signal?: AbortSignal;
  /** Undefined: where the place says. */
  readonly after?: string | undefined;
};

/** Listens, behind event 1 unless told otherwise, to a gateway that answers so. */
async function listenTo(subscribed: Answers['subscribed'], options: Listening = {}) {
  const { print = async () => {}, forward = '', say = () => {}, signal = ending.signal } = options;
  const { url } = await answerSubscriptions({ subscribed });
  const apiKey = 'bk_test_any';
  // The place is asked for first, and is one that there is.
  const fetch = async () => Response.json({ data: { events: { nodes: [], edges: [], pageInfo: {} } } });
  const terminal = {
    client: createClient({ url, apiKey, fetch, pauses: { firstMs: 1, longestMs: 1 } }),
    settings: {
      ...{ url, apiKey, shopId, dataDir: folder, merchantId: undefined, serviceKey: undefined },
      webhookSecret: 'whsec_dGVhcG90',
    },
    ...{ signal, json: false, print, say },
  };
  const target = forward ? ({ forward, form: 'standard' } as const) : {};
  const place = 'after' in options && options.after === undefined ? {} : { after: options.after ?? 'at 1' };
  await listen(terminal, { ...target, ...place, place: placeFile() });
}

it('Whoever forwards is behind an event once the server took it, and not while it has it', async () => {
  const server = await openShopServer();
  const places: string[] = [];
  server.answer((_, response) => {
    places.push(keptPlace());
    response.end();
  });
  const print = async () => ending.abort();
  await listenTo((say) => say('next', told), { print, forward: server.url });
  expect([...places, keptPlace()]).toEqual(['at 1', 'at 2']);
  await server.close();
});

it('Whoever prints is not behind an event that could not be printed', async () => {
  const print = () => Promise.reject(new Error('No room on the disk.'));
  await expect(listenTo((say) => say('next', told), { print })).rejects.toThrow('No room on the disk.');
  expect(keptPlace()).toBe('at 1');
});

it('Whoever connects again stays behind the last event, and does not go back to the place that --after named', async () => {
  await listenTo((say, after) => {
    if (after === 'at 2') return ending.abort();
    say('next', told);
    say('complete');
  });
  expect(keptPlace()).toBe('at 2');
});

it('Of two listeners with one place, the one that finds it moved by the other ends and leaves it', async () => {
  const other = JSON.stringify({ shopId, cursor: 'at 9' });
  const print = async () => writeFileSync(placeFile(), other);
  await expect(listenTo((say) => say('next', told), { print })).rejects.toThrow(
    `Another \`bramka listen\` keeps its place in ${placeFile()}, and both do every event; end one, or name another`,
  );
  expect(readFileSync(placeFile(), 'utf8')).toBe(other);
});

it('Whoever starts while another one is at its last post waits for its end, and goes on behind that event', async () => {
  const server = await openShopServer();
  const { promise: posted, resolve: answer } = Promise.withResolvers<ServerResponse>();
  server.answer((_, response) => answer(response));
  const first = listenTo((say) => say('next', told), { forward: server.url });
  const response = await posted;
  ending.abort();

  const begun: (string | undefined)[] = [];
  const said = createInbox<string>();
  const next = new AbortController();
  const begin: Answers['subscribed'] = (_say, after) => {
    begun.push(after);
    next.abort();
  };
  const second = listenTo(begin, { forward: server.url, after: undefined, signal: next.signal, say: said.put });
  // An end that is refused or comes too early is not waited for.
  await Promise.race([second, said.until((all) => all.length > 0)]);
  expect(begun).toEqual([]);
  response.end();
  await Promise.all([first, second]);
  expect(said.items[0]).toBe(`Another \`bramka listen\` keeps its place in ${placeFile()}; its end is waited for.`);
  expect([begun, server.received.length, readdirSync(folder)]).toEqual([['at 2'], 1, ['place.json']]);
  await server.close();
});

it('A place that is a symbolic link is kept in the file that it leads to, also before that is there', async () => {
  mkdirSync(join(folder, 'far'));
  symlinkSync('far', join(folder, 'near'));
  symlinkSync('near/link.json', placeFile());
  symlinkSync('whole.json', join(folder, 'far', 'link.json'));
  await listenTo((say) => say('next', told), { print: async () => ending.abort() });
  expect(readlinkSync(placeFile())).toBe('near/link.json');
  expect(JSON.parse(readFileSync(join(folder, 'far', 'whole.json'), 'utf8')).cursor).toBe('at 2');
  expect(keptPlace()).toBe('at 2');
  expect(readdirSync(join(folder, 'far')).toSorted()).toEqual(['link.json', 'whole.json']);

  ending = new AbortController();
  const again = await new Promise((done) => {
    void listenTo((_say, after) => done(after), { after: undefined });
  });
  ending.abort();
  expect(again).toBe('at 2');
});

it('A place that is removed while it is listened from is kept anew, without an alarm', async () => {
  const print = async () => {
    rmSync(placeFile());
    ending.abort();
  };
  await listenTo((say) => say('next', told), { print });
  expect(keptPlace()).toBe('at 2');
});

it('A place that cannot be kept is said also behind Ctrl-C, with exit code 1, since the event will be posted again', async () => {
  const { url } = await answerSubscriptions({ subscribed: (say) => say('next', told) });
  const server = await openShopServer();
  const { promise: posted, resolve } = Promise.withResolvers<ServerResponse>();
  server.answer((_, response) => resolve(response));
  const below = join(folder, 'places');
  mkdirSync(below);
  const place = ['--after', 'at 1', '--place', join(below, 'place.json')];
  const keys = { BRAMKA_API_KEY: 'bk_test_any', BRAMKA_WEBHOOK_SECRET: 'whsec_dGVhcG90' };
  const settings = { BRAMKA_URL: url, BRAMKA_SHOP_ID: shopId, ...keys };
  const listener = startBramka(['listen', '--forward', server.url, '--form', 'standard', ...place], settings);
  const answer = await posted;
  const ended = listener.end('SIGINT');
  await listener.remarks.until((said) => said.some((line) => line.includes(' is waited for; ')));
  rmSync(below, { recursive: true });
  writeFileSync(below, '');
  answer.end();
  expect(await ended).toBe(1);
  expect(listener.remarks.items.at(-1)).toMatch(/^The place cannot be kept in .*place\.json \(E[A-Z]+\); name one /);
  await server.close();
});

it('A place is read from and kept in a file of its size, and no pipe or device, which could be read without end', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const long = join(folder, 'long.json');
  writeFileSync(long, 'a'.repeat(65_537));
  const settings = { BRAMKA_URL: 'http://127.0.0.1:1', BRAMKA_SHOP_ID: shopId, BRAMKA_API_KEY: 'bk_test_any' };
  for (const [file, begin, why] of [
    [pipe, [], 'is a device or a pipe, and a place is kept in a file; name another by --place.'],
    [pipe, ['--from-start'], 'is a device or a pipe, and a place is kept in a file; name another by --place.'],
    [long, [], 'is too long to hold a place; name another file by --place.'],
  ] as const) {
    const ran = await runBramka(['listen', ...begin, '--place', file], settings);
    expect(ran).toEqual({ code: 2, lines: [], remarks: [`${file} ${why}`] });
  }
  expect(readdirSync(folder).toSorted()).toEqual(['long.json', 'pipe']);
});
