import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';

describe('The rate limits', () => {
  it('are those of the README unless others are set, and may be lifted', () => {
    expect(readConfig({})).toMatchObject({ rateLimitPerKey: 60_000, rateLimitPerAddress: 600 });
    const set = { RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_PER_ADDRESS: '999999999' };
    expect(readConfig(set)).toMatchObject({ rateLimitPerKey: 0, rateLimitPerAddress: 999_999_999 });
    expect(readConfig({ RATE_LIMIT_PER_KEY: '' })).toMatchObject({ rateLimitPerKey: 60_000 });
  });

  it.each(['-1', '1.5', '1e3', 'ten', '1000000000', ' 5'])('are no %j', (value) => {
    for (const name of ['RATE_LIMIT_PER_KEY', 'RATE_LIMIT_PER_ADDRESS']) {
      expect(() => readConfig({ [name]: value })).toThrow(
        `${name} must be a whole number from 0 (no limit) to 999999999.`,
      );
    }
  });
});
