import { accessSync, constants } from 'node:fs';

/** Where Debian's package puts it, unless the environment names another. */
export const chromiumPath = process.env.BRAMKA_TEST_CHROMIUM || '/usr/bin/chromium';

/** Says what to do about a Chromium that is not there; undefined when it is. */
export function missingChromium(path: string = chromiumPath): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return `The browser tests need Chromium, and there is none at ${path}: on Debian run "apt-get install -y --no-install-recommends chromium" as root, or name another in BRAMKA_TEST_CHROMIUM.`;
  }
}
