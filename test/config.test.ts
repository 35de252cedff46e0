import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';

const production = {
  ...{ BRAMKA_MODE: 'production', BRAMKA_SECRET: 'x'.repeat(32), PUBLIC_URL: 'https://pay.example' },
};

describe('The public address', () => {
  it('may have slashes at its end', () => {
    expect(readConfig({ PUBLIC_URL: 'http://127.0.0.1:4000/' }).publicUrl).toBe('http://127.0.0.1:4000');
    expect(readConfig({ PUBLIC_URL: 'https://[::1]:4000//' }).publicUrl).toBe('https://[::1]:4000');
    expect(readConfig(production, 'gateway').publicUrl).toBe('https://pay.example');
    expect(readConfig({ PUBLIC_URL: 'HTTPS://pay.example' }).publicUrl).toBe('https://pay.example');
  });

  it.each([
    ...['https://pay.example?shop=1', 'https://pay.example/?', 'https://pay.example/#top', 'https://pay.example#'],
    ...['https://bramka:hunter2@pay.example', 'https://@pay.example', 'https:pay.example', ' https://pay.example'],
  ])('is not %j', (address) => {
    expect(() => readConfig({ PUBLIC_URL: address })).toThrow(
      /^PUBLIC_URL must be an address and no more: without blanks, a user name, a password, \? or #\.$/,
    );
  });

  it.each(['https://pay.example/bramka', 'https://[::1]:4000/a/'])(
    'is not %j, whose pages would lead elsewhere',
    (address) => {
      expect(() => readConfig({ PUBLIC_URL: address })).toThrow(
        /^PUBLIC_URL must have no path, as the payer’s pages lead to addresses that begin at \/; take a host name of its own\.$/,
      );
    },
  );

  it.each([undefined, '', 'http://pay.example'])(
    'is required in production by a gateway, with https, and not %j',
    (address) => {
      expect(readConfig({ ...production, PUBLIC_URL: address }).mode).toBe('production');
      expect(() => readConfig({ ...production, PUBLIC_URL: address }, 'gateway')).toThrow(
        /^PUBLIC_URL is required in production, with https; set it to where payers reach it, such as https:\/\/pay.example\.$/,
      );
    },
  );
});

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

describe('Settlement accounts', () => {
  const given = {
    ...{ iban: '27 1140 2004 0000 3002 0135 5387', name: 'Bramka S.A.', street: 'ul. Prosta 1' },
    ...{ postalCode: '00-950', city: 'Warszawa', country: 'PL' },
  };
  const read = (account: unknown, variables: object = {}) => {
    const text = typeof account === 'string' ? account : JSON.stringify(account);
    return readConfig({ SETTLEMENT_ACCOUNT_PLN: text, ...variables }).bankFiles.accounts;
  };
  it('are those that are set; the sandbox has its own for the others, production none', () => {
    const known = { ...given, iban: 'PL27114020040000300201355387', bic: undefined };
    expect(read(given, production)).toEqual({ PLN: known });
    expect(read({ ...given, bic: 'BREXPLPW' }, production)).toEqual({ PLN: { ...known, bic: 'BREXPLPW' } });
    expect(read(given)).toMatchObject({ PLN: known, EUR: { name: 'Bramka (sandbox)' } });
    expect(readConfig(production).bankFiles).toEqual({ accounts: {}, transactionsMax: 1_000, folder: undefined });
  });

  it.each([
    ['nonsense', 'must be a JSON object with iban, name, street, postalCode, city, country and perhaps bic'],
    ['[]', 'must be a JSON object'],
    [{ ...given, more: 1 }, 'must be a JSON object'],
    [{ ...given, city: ' ' }, 'must have as "city" 1 to 35 characters'],
    [{ ...given, country: 'Poland' }, 'must have as "country" two letters such as PL'],
    [{ ...given, bic: 'BREX' }, 'must have as "bic" a BIC of 8 or 11 characters, or left out'],
    [{ ...given, iban: 'PL27114020040000300201355388' }, 'has an "iban" that is none: The check digits of this'],
    [{ ...given, iban: 'DE89370400440532013000' }, 'has an "iban" that is none: Payouts go to accounts in Poland'],
  ])('are no %j', (account, sentence) => {
    expect(() => read(account, production)).toThrow(`SETTLEMENT_ACCOUNT_PLN ${sentence}`);
  });

  it.each(['0', '10000', 'many'])('are not paid from by files of %s transfers', (max) => {
    expect(() => readConfig({ BANK_FILE_TRANSACTIONS_MAX: max })).toThrow(
      'BANK_FILE_TRANSACTIONS_MAX must be a whole number from 1 to 9999.',
    );
  });
});

describe('The accounts whose statements are imported', () => {
  it('are those that payouts are paid from, and others that are set', () => {
    const [one, two] = ['PL27114020040000300201355387', 'PL61109010140000071219812874'];
    expect(readConfig({}).statements).toEqual({ accounts: [one], folder: undefined });
    const set = { STATEMENT_ACCOUNTS: `${two}, pl27 1140 2004 0000 3002 0135 5387`, STATEMENTS_DIR: '/in' };
    expect(readConfig(set).statements).toEqual({ accounts: [one, two], folder: '/in' });
    expect(readConfig(production).statements.accounts).toEqual([]);
  });

  it.each(['x', 'PL27114020040000300201355388', 'DE89370400440532013000', '27114020040000300201355387'])(
    'are not %s',
    (account) => {
      expect(() => readConfig({ STATEMENT_ACCOUNTS: account })).toThrow(
        'STATEMENT_ACCOUNTS must be a list of account numbers such as PL61109010140000071219812874.',
      );
    },
  );
});

describe('The folders of our bank', () => {
  it.each(['/bank', '/bank/', '/bank/in/..'])('are two: files for the bank in %s would be imported', (folder) => {
    expect(() => readConfig({ STATEMENTS_DIR: '/bank', BANK_FILES_DIR: folder })).toThrow(
      /^BANK_FILES_DIR must be another folder than STATEMENTS_DIR, whose files are imported and moved away\.$/,
    );
  });

  it('may lie beside each other', () => {
    const { statements, bankFiles } = readConfig({ STATEMENTS_DIR: '/bank/in', BANK_FILES_DIR: '/bank/out' });
    expect([statements.folder, bankFiles.folder]).toEqual(['/bank/in', '/bank/out']);
  });
});
