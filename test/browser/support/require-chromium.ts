import { missingChromium } from './find-chromium.ts';

/** Ends the run, in one line and before anything is started, where there is no browser to run it. */
export default function setup(): void {
  const missing = missingChromium();
  if (missing === undefined) return;
  process.stderr.write(`${missing}\n`);
  process.exit(1);
}
