import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/kernel/log.ts';
import { warnOfStrays } from '../src/start-gateway.ts';

const straysIn = (variables: Record<string, string>) => readConfig(variables).strays;

describe('A variable that is no setting', () => {
  it.each([
    ['BRAMKA_WORKER', 'BRAMKA_WORKERS'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['BRAMKA_SECRETT', 'BRAMKA_SECRET'],
    ['XDATABASE_URL', 'DATABASE_URL'],
    ['SMTP-URL', 'SMTP_URL'],
    ['BRAMKA_DATABASE_URL', undefined],
    ['BRAMKA_PORT', undefined],
  ])('as %s is found, with what it may be meant for', (name, like) => {
    expect(straysIn({ [name]: 'x' })).toEqual([{ name, like }]);
    expect(straysIn({ [name]: '' })).toEqual([]);
  });

  it.each([
    ...['PATH', 'HOSTS', 'PORTS', 'POST', 'URL', 'DATABASE_URL_OLD', 'DATABAS_UR', 'LOG', 'BRAMKA', 'bramka_mode'],
    ...[
      'BRAMKA_URL',
      'BRAMKA_API_KEY',
      'BRAMKA_WEBHOOK_SECRET',
      'BRAMKA_TEST_CHROMIUM',
      'BRAMKA_SERVICE_HOST',
      'BRAMKA_PORT_4000_TCP_ADDR',
    ],
  ])('as %s is nothing to speak of', (name) => {
    expect(straysIn({ [name]: 'x', BRAMKA_WORKERS: '2', BRAMKA_PORT: 'tcp://10.0.0.1:4000' })).toEqual([]);
  });

  it('is warned about by its name, and never by its value', () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) });
    warnOfStrays(readConfig({ BRAMKA_SECRETS: 'hunter2', BRAMKA_SMTP: 'hunter2' }), log);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'BRAMKA_SECRETS is set, and there is no such setting; did you mean BRAMKA_SECRET?' },
      { msg: 'BRAMKA_SMTP is set, and there is no such setting' },
    ]);
    expect(lines.join()).not.toContain('hunter2');
  });
});
