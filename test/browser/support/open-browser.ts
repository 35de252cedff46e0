import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from './find-chromium.ts';

// `RenderDocument` makes all that draws a page anew for each page of a tab, and the spare renderer is a process for the next
// site, to which no test goes: together they took a quarter of what it takes to open and use a page.
// What every new tab would load for its address bar takes more of the processor than a test does. A browser heeds the last list
// alone, so what playwright-core switches off is named here too.
const features = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'],
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'LensOverlay'],
  ...['HttpsFirstBalancedModeAutoEnable', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'AimEnabled'],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'TcpPortRandomizationWin', 'OptimizationHints', 'PreconnectToSearch'],
  ...['NetworkTimeServiceQuerying', 'RenderDocument', 'SpareRendererForSitePerProcess'],
];

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
  `--disable-features=${features.join(',')}`,
];

/** Starts a Chromium with a fresh user data dir, which goes away with it. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: flags });
}
