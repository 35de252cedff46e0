import { describe, expect, it } from 'vitest';
import { missingChromium } from './support/find-chromium.ts';

describe('missingChromium', () => {
  it('says in one line where Chromium is not and how it is installed', () => {
    expect(missingChromium('/nowhere/chromium')).toMatch(
      /^[^\n]*none at \/nowhere\/chromium: [^\n]*apt-get install [^\n]* chromium-headless-shell"[^\n]*BRAMKA_TEST_CHROMIUM\.$/,
    );
  });

  it('says nothing about a program that can be run', () => {
    expect(missingChromium(process.execPath)).toBeUndefined();
  });
});
