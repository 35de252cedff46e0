import { accessSync, constants, existsSync } from 'node:fs';

/** The Chromium without a window to show: the same engine, for seven tenths of the processor's time. */
const shellPath = '/usr/bin/chromium-headless-shell';
const wholePath = '/usr/bin/chromium';

/** Where Debian's packages put it, unless the environment names another. */
export const chromiumPath =
  process.env.BRAMKA_TEST_CHROMIUM || (existsSync(shellPath) || !existsSync(wholePath) ? shellPath : wholePath);

/** Says what to do about a Chromium that is not there; undefined when it is. */
export function missingChromium(path: string = chromiumPath): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return `The browser tests need Chromium, and there is none at ${path}: on Debian run "apt-get install -y --no-install-recommends chromium-headless-shell" as root, or name another in BRAMKA_TEST_CHROMIUM.`;
  }
}
