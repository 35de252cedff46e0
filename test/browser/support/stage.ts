import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Config } from '../../../src/config.ts';
import { updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { openShopServer } from '../../webhooks/shop-server.ts';
import { type Habits, openPages } from './open-pages.ts';
import { createShop, type Shop } from './shop.ts';

/** The browsers in which every way to pay is tried. */
export const browsers: readonly (readonly [name: string, habits: Habits])[] = [
  ['on a desktop', {}],
  ['on a telephone of 320 pixels', { width: 320 }],
  ['without scripts', { javaScript: false }],
];

/**
 * How pages of the shop's web site begin. Without an icon the browser asks for one, perhaps when its tab is empty again already,
 * and then says in the console that an empty page may not.
 */
const shopHead = '<title>Shop</title><link rel="icon" href="data:,">';

/** Everything that a browser test plays on: a whole gateway, a shop with a web site, a browser. */
export type Stage = {
  readonly gateway: TestGateway;
  readonly shop: Shop;
  /** The address of a page of the shop's web site, whose heading is the name given. */
  shopPage(name: string): string;
  /** An address of the shop where a browser stays on the page it comes from, which so can be looked at for long. */
  readonly silentShopPage: string;
  /** Starts one more gateway, for what would spoil the first one for others; `closePages` stops it. */
  openGateway(changes?: Partial<Config>): Promise<TestGateway>;
  /** Opens a browser of its own for somebody, with one empty tab; `page.context().newPage()` opens more. */
  openPage(habits?: Habits): Promise<Page>;
  /** To be called after each test: takes back what was opened in it, and fails for everything that the pages did wrong. */
  closePages(): Promise<void>;
  close(): Promise<void>;
};

// Longer than any test: the bank says nothing before `letBankAnswer`, so no page turns before the test has looked at it.
const bankDelayMs = 600_000;

// Answered with 204, which leads nowhere (RFC 9110, section 15.3.5).
const silentPage = 'silent';

/** Sets the stage for a file of tests. */
export async function openStage(): Promise<Stage> {
  const gateway = await startGateway();
  const site = await openShopServer();
  site.answer(({ url = '' }, response) => {
    const name = new URL(url, site.url).pathname.slice(1);
    if (name === silentPage) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end(`${shopHead}<h1>${name}</h1>`);
  });
  const shopPage = (name: string): string => new URL(`/${name}`, site.url).href;
  const origins = new Set([gateway.url]);
  const pages = await openPages(origins);
  const others: TestGateway[] = [];
  return {
    gateway,
    shop: createShop(gateway),
    shopPage,
    silentShopPage: shopPage(silentPage),
    openGateway: async (changes) => {
      const other = await startGateway(changes);
      others.push(other);
      origins.add(other.url);
      return other;
    },
    openPage: pages.open,
    closePages: async () => {
      try {
        expect(await pages.leave()).toEqual([]);
      } finally {
        for (const other of others.splice(0)) await other.stop();
        // All payers here come from one address, which is slowed down after 20 refusals.
        await gateway.database.pool.query('delete from abuse_count');
      }
    },
    close: async () => {
      await pages.end();
      await site.close();
      await gateway.stop();
    },
  };
}

async function startGateway(changes?: Partial<Config>): Promise<TestGateway> {
  const gateway = await startTestGateway(changes);
  await updateShop(gateway, { sandboxDelayMs: bankDelayMs });
  return gateway;
}
