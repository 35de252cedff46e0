import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from './find-chromium.ts';

// No sandbox: it does not start as root, and it opens no page but ours. The rest keeps the browser from calling home.
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a Chromium with a fresh user data dir, which goes away with it. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: flags });
}
