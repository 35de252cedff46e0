import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuditFault, formatHead, type Head, parseHead } from '../../src/audit/model.ts';
import { appendEntry } from '../../src/audit/sql/append-entry.ts';
import { type AuditVerdict, verifyLog } from '../../src/audit/verify-log.ts';
import { type Database, inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Ran, runCommand } from '../support/run-command.ts';

const at = new Date('2026-03-02T10:00:00.123Z');
let storage: TestDatabase;
let database: Database;
/** The head of the ten entries that each test begins with. */
let kept: Head;

beforeAll(async () => {
  storage = await createTestDatabase();
  database = openDatabase({ url: storage.url, connectionsMax: 4 });
});

afterAll(async () => {
  await database.close();
  await storage.drop();
});

/** Does what no trigger allows, as an owner of the database can who turns them off. */
async function tamper(...statements: readonly string[]): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('set session_replication_role = replica');
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.query('set session_replication_role = origin');
    client.release();
  }
}

function append(subject: string): Promise<void> {
  const entry = { at, merchantId: null, actor: 'operator:1', action: 'TEST', subject, data: { grosz: 1 } };
  return inTransaction(database, (tx) => appendEntry(tx, entry));
}

async function verify(expected?: Head): Promise<AuditVerdict & { readonly found: readonly string[] }> {
  const faults: AuditFault[] = [];
  const verdict = await verifyLog(database, { expected, onFault: (fault) => faults.push(fault) });
  return { ...verdict, found: faults.map(({ what }) => what) };
}

beforeEach(async () => {
  await tamper(
    'delete from audit_entry',
    'delete from audit_head',
    `insert into audit_head (sequence, hash) values (0, decode(repeat('00', 32), 'hex'))`,
  );
  for (let number = 1; number <= 10; number += 1) await append(`entry ${number}`);
  kept = (await verify()).head;
});

/** Gives an entry other contents and the hash that fits them, as somebody would who knows how it is computed. */
const replaced = (sequence: number): string => `
  update audit_entry set subject = 'forged', hash = sha256(previous || convert_to(jsonb_build_array(sequence,
    floor(extract(epoch from at) * 1000), merchant_id, actor, action, 'forged', data)::text, 'UTF8'))
  where sequence = ${sequence}`;

it('What cannot be entered is not done', async () => {
  await tamper('delete from audit_head');
  await expect(append('entry 11')).rejects.toThrow('The row that says where the audit log ends is missing');
});

describe('A check of the audit log', () => {
  it('finds nothing in a log that nobody touched, and gives its head', async () => {
    expect(await verify(kept)).toMatchObject({ entries: 10, faults: 0, head: { sequence: 10n } });
  });

  const damages: readonly (readonly [string, readonly string[], readonly RegExp[]])[] = [
    ...['at = at + interval $$1 ms$$', `merchant_id = 'x'`, `actor = 'x'`, `action = 'x'`, `subject = 'x'`].map(
      (change) =>
        [
          `a change of ${change}`,
          [`update audit_entry set ${change} where sequence = 5`],
          [/^Entry 5 was changed/],
        ] as const,
    ),
    ['one grosz more', [`update audit_entry set data = '{"grosz": 2}' where sequence = 5`], [/^Entry 5 was changed/]],
    ['a hash', [`update audit_entry set hash = sha256('x') where sequence = 5`], [/^Entry 5 was changed/]],
    ['a link', [`update audit_entry set previous = sha256('x') where sequence = 5`], [/^Entry 5 was changed/]],
    ['a missing entry', ['delete from audit_entry where sequence = 5'], [/^Entry 5 is missing/]],
    ['several missing', ['delete from audit_entry where sequence between 1 and 3'], [/^Entries 1 to 3 are missing/]],
    ['a missing end', ['delete from audit_entry where sequence > 8'], [/^Entries 9 to 10 are missing/]],
    ['nothing left', ['delete from audit_entry'], [/^Entries 1 to 10 are missing/]],
    [
      'two that were exchanged',
      [
        'update audit_entry set sequence = 99 where sequence = 3',
        'update audit_entry set sequence = 3 where sequence = 7',
        'update audit_entry set sequence = 7 where sequence = 99',
      ],
      [/^Entry 3 .* written as entry 7/, /^Entry 7 .* written as entry 3/],
    ],
    [
      'a gap that was closed',
      ['delete from audit_entry where sequence = 9', 'update audit_entry set sequence = 9 where sequence = 10'],
      [/^Entry 9 .* written as entry 10/, /^Entry 10 is missing/],
    ],
    ['one that was replaced', [replaced(5)], [/^Entry 6 does not follow entry 5/]],
    ['a last one that was replaced', [replaced(10)], [/^Entry 10 is not the one that ended the log/]],
    ['a head that is gone', ['delete from audit_head'], [/^The row that says where the log ends is missing/]],
  ];
  it.each(damages)('finds %s', async (_what, statements, words) => {
    await tamper(...statements);
    const { found, faults } = await verify();
    expect(found).toEqual(words.map((word) => expect.stringMatching(word)));
    expect(faults).toBe(words.length);
  });

  it('finds by a head that was kept elsewhere what was written anew or cut off, head row and all', async () => {
    await tamper(replaced(10), 'update audit_head set hash = (select hash from audit_entry where sequence = 10)');
    expect((await verify()).faults).toBe(0);
    expect((await verify(kept)).found).toEqual([expect.stringMatching(/^Entry 10 is not the one/)]);
    await tamper(
      'delete from audit_entry where sequence > 9',
      'update audit_head set sequence = 9, hash = (select hash from audit_entry where sequence = 9)',
    );
    expect((await verify()).faults).toBe(0);
    expect((await verify(kept)).found).toEqual([expect.stringMatching(/^Entry 10 is missing/)]);
  });

  it('is not disturbed by entries that are written meanwhile', async () => {
    const writing = Promise.all(Array.from({ length: 20 }, (_, number) => append(`later ${number}`)));
    for (let round = 0; round < 5; round += 1) expect((await verify(kept)).faults).toBe(0);
    await writing;
    expect(await verify(kept)).toMatchObject({ entries: 30, faults: 0 });
  });
});

describe('The database', () => {
  it.each([
    ['a change', `update audit_entry set subject = 'x' where sequence = 5`],
    ['a deletion', 'delete from audit_entry where sequence = 10'],
    ['to empty the log', 'truncate audit_entry'],
    ['to set the head back', 'update audit_head set sequence = 9'],
    ['to set the head on', 'update audit_head set sequence = 11'],
    ['to delete the head', 'delete from audit_head'],
    ['to empty the head', 'truncate audit_head'],
    [
      'an entry that follows nothing',
      `insert into audit_entry select 12, at, merchant_id, actor, action, subject, data, hash, hash from audit_entry where sequence = 10`,
    ],
    [
      'an entry with another past',
      `insert into audit_entry select 11, at, merchant_id, actor, action, subject, data, previous, hash from audit_entry where sequence = 10`,
    ],
  ])('refuses %s', async (_what, statement) => {
    await expect(database.pool.query(statement)).rejects.toMatchObject({ code: '23001' });
  });
});

describe('npm run audit:verify', () => {
  function run(...args: readonly string[]): Promise<Ran> {
    return runCommand('src/cli/verify-audit.ts', args, { DATABASE_URL: storage.url });
  }

  it('prints the head, takes it back, and ends with 1 when something is wrong', async () => {
    const { code, stdout } = await run();
    expect([code, stdout]).toEqual([0, `10 entries, nothing is wrong.\nHead: ${formatHead(kept)}\n`]);
    expect(parseHead(/Head: (.*)/.exec(stdout)?.[1] ?? '')).toEqual(kept);
    await tamper('delete from audit_entry where sequence = 4');
    const found = await run('--expect', formatHead(kept));
    expect([found.code, found.stdout]).toEqual([
      1,
      'Entry 4 is missing.\n9 entries, one thing is wrong.\nNo head to keep: keep the one that you have.\n',
    ]);
  });

  it('ends with 2 and one clear line when it is used wrongly', async () => {
    const { code, stdout, stderr } = await run('--expect', 'yesterday');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^--expect takes .*\.\n$/);
  });
});
