import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';

/** What a log writes, line by line. */
function written(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog('trace', new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) })));
  for (const line of lines) expect(line.endsWith('\n')).toBe(true);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const removed = '[card number removed]';

describe('A line of the log', () => {
  it.each([
    ['a message', { m: 'paid with 4111 1111 1111 1111' }, { m: `paid with ${removed}` }],
    ['a path', { path: '/pay/4111111111111111' }, { path: `/pay/${removed}` }],
    ['an encoded path', { path: '/pay/%204111%201111%201111%201111' }, { path: `/pay/ ${removed}` }],
    ['a number', { ms: 4111111111111111 }, { ms: removed }],
    ['a list inside', { a: [{ b: ['4111111111111111'] }] }, { a: [{ b: [removed] }] }],
    ['a name', { x4111111111111111: 1 }, { [`x${removed}`]: 1 }],
    ['text behind a control character', { m: '\u001b4111111111111111\u0007' }, { m: `\u001b${removed}\u0007` }],
    [
      'text behind a quote and a line break',
      { m: '"4111111111111111"\n5555555555554444' },
      { m: `"${removed}"\n${removed}` },
    ],
  ])('shows no card number in %s', (_, fields, shown) => {
    expect(written((log) => log.info(fields, 'done'))).toEqual([
      { level: 30, time: expect.any(Number), pid: process.pid, msg: 'done', ...shown },
    ]);
  });

  it('shows none in its message, in an error, in what caused it, or in the fields of a child', () => {
    const cause = new Error('duplicate key (4111111111111111)');
    const err = Object.assign(new Error('got invalid value "5555 5555 5555 4444"', { cause }), {
      code: '4012001037141112',
    });
    const lines = written((log) => {
      log.error({ err }, 'card 4111111111111111');
      log.child({ name: '4111111111111111' }).warn('%s', '4111-1111-1111-1111');
    });
    expect(lines).toMatchObject([
      { err: { message: `got invalid value "${removed}"`, cause: { message: `duplicate key (${removed})` } } },
      { name: removed, msg: removed },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/4111|5555|4012/);
  });

  it('says what is wrong with a question to the database, and not what was asked for', async () => {
    const database = openDatabase({ url: 'postgres://127.0.0.1:1/none' });
    const where = { orderId: 'Jan Kowalski', createdAt: new Date(Number.NaN) };
    const err: unknown = await database.prisma.payment.findFirst({ where }).catch((error: unknown) => error);
    await database.close();
    const lines = written((log) => log.error({ err }, 'failed'));
    expect(lines).toMatchObject([
      {
        err: { type: 'PrismaClientValidationError', message: expect.stringMatching(/^Invalid value for.*`createdAt`/) },
      },
    ]);
    expect(lines).toMatchObject([{ err: { stack: expect.stringMatching(/^ +at /) } }]);
    expect(JSON.stringify(lines)).not.toContain('Kowalski');
  });

  it('says that an answer is no JSON, and not what it is', () => {
    const lines = written((log) => {
      try {
        JSON.parse('{"payer": Janina "Jaś" Kowalska}');
      } catch (err) {
        log.warn({ err }, 'acquirer gave no answer');
      }
    });
    expect(lines).toMatchObject([
      { err: { type: 'SyntaxError', message: expect.stringContaining('is not valid JSON') } },
    ]);
    // Words long enough that no temporary folder, whose name stands in the stack, has one by chance: "Jan" once did.
    expect(JSON.stringify(lines)).not.toMatch(/payer|Janina|Kowalska/);
  });

  it('is else written as it is', () => {
    const fields = {
      path: '/a%20b',
      at: '2026-03-02T10:00:00.000Z',
      id: '018f4e2a-0000-7000-8000-000000000001',
      n: [1, null],
    };
    expect(written((log) => log.info(fields, 'zażółć \u0001'))).toMatchObject([{ ...fields, msg: 'zażółć \u0001' }]);
  });

  it('holds no secret of the fields that are known to carry one', () => {
    const lines = written((log) => log.info({ headers: { authorization: 'Bearer x' }, serviceKey: 'y' }, 'asked'));
    expect(lines).toMatchObject([{ headers: { authorization: '[removed]' }, serviceKey: '[removed]' }]);
  });
});
