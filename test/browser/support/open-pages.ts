import { setTimeout as wait } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser } from './open-browser.ts';
import { watchPages } from './watch-pages.ts';

/** How somebody browses; what is left out is a desktop with scripts, in English. */
export type Habits = {
  readonly javaScript?: boolean;
  /** Of the window, in CSS pixels. */
  readonly width?: number;
  readonly language?: 'pl' | 'en';
};

/** A browser that gives each test a page as nobody has used it. */
export type Pages = {
  /** Opens a browser of its own for somebody, with one empty tab; `page.context().newPage()` opens more. */
  open(habits?: Habits): Promise<Page>;
  /** Takes back all that was opened, and gives what the pages did wrong. */
  leave(): Promise<string[]>;
  end(): Promise<void>;
};

/** Somebody's browser: its one tab, which stays, and what the pages in it did wrong. */
type Visitor = { readonly context: BrowserContext; readonly tab: Page; readonly complaints: () => string[] };

// Shorter than a test may take, so that a page that does not turn fails with the words of what was waited for.
const patienceMs = 20_000;
const height = 800;

/** A visit is forgotten in a tenth of a second; what takes so long, in milliseconds, never ends. */
const leavesWithinMs = 45_000;

/**
 * Opens a browser. Each habit has a tab that tests use in turn: a new one is a new process of Chromium, which took more time
 * than what most tests do with it.
 * @param origins the gateways'; one that is started later may be added.
 */
export async function openPages(origins: ReadonlySet<string>): Promise<Pages> {
  const browser = await openBrowser();
  const idle = new Map<string, Visitor[]>();
  const busy: { readonly visitor: Visitor; readonly habits: Required<Habits> }[] = [];
  const openVisitor = async ({ javaScript, width, language }: Required<Habits>): Promise<Visitor> => {
    const viewport = { width, height };
    const context = await browser.newContext({ javaScriptEnabled: javaScript, viewport, locale: language });
    context.setDefaultTimeout(patienceMs);
    const complaints = watchPages(context, origins);
    return { context, tab: await context.newPage(), complaints };
  };
  return {
    open: async ({ javaScript = true, width = 1_000, language = 'en' } = {}) => {
      const habits = { javaScript, width, language };
      const visitor = idle.get(JSON.stringify(habits))?.pop() ?? (await openVisitor(habits));
      busy.push({ visitor, habits });
      return visitor.tab;
    },
    leave: async () => {
      const found: string[] = [];
      for (const { visitor, habits } of busy.splice(0)) {
        const isGood = await Promise.race([
          forget(visitor, habits).then(() => true),
          wait(leavesWithinMs, false, { ref: false }),
        ]);
        found.push(...visitor.complaints());
        // Chromium may leave a command unanswered; the next test begins with a tab of its own then.
        if (!isGood) {
          void visitor.context.close().catch(() => {});
          continue;
        }
        const key = JSON.stringify(habits);
        idle.set(key, [...(idle.get(key) ?? []), visitor]);
      }
      return found;
    },
    end: () => browser.close(),
  };
}

/** Leaves nothing of a visit: no other tab, no page to go back to, no permission, colours and window as at the beginning. */
async function forget({ context, tab }: Visitor, { width }: Required<Habits>): Promise<void> {
  for (const other of context.pages()) if (other !== tab) await other.close();
  // A page that was on its way somewhere else takes its leave in between; the next attempt finds it gone.
  await tab.goto('about:blank').catch(() => tab.goto('about:blank'));
  const session = await context.newCDPSession(tab);
  await session.send('Page.resetNavigationHistory');
  await session.detach();
  await context.clearCookies();
  await context.clearPermissions();
  await tab.emulateMedia({ colorScheme: null });
  await tab.setViewportSize({ width, height });
}
