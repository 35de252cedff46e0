import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { type Database, inTransaction, openDatabase, read } from '../../src/kernel/db/database.ts';
import type { StatementEntry } from '../../src/kernel/db/generated/prisma/client.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import type { BankEntry } from '../../src/statements/bank-entry.ts';
import type { TransferDeps } from '../../src/transfers/deps.ts';
import type { OperatorDeps } from '../../src/transfers/hold-entry.ts';
import { type ImportedFile, importStatement } from '../../src/transfers/import-statement.ts';
import { readEntries } from '../../src/transfers/store.ts';
import { createSandboxGateway, type SandboxGateway } from '../acquirers/sandbox-gateway.ts';
import { entryOf, ownAccount } from '../statements/entries.ts';
import { type CamtKind, writeCamt } from '../statements/write-camt.ts';
import { createTestDatabase } from '../support/database.ts';
import { createPayment } from '../support/factories.ts';

/** An attempt to pay by a transfer, with the number on which its money is awaited. */
export type Attempt = { readonly id: string; readonly paymentId: string; readonly number: string };

/** A gateway that takes transfers and imports the statements of its bank. */
export type TransferWorld = {
  readonly url: string;
  readonly database: Database;
  readonly gateway: SandboxGateway;
  readonly transfers: TransferDeps;
  readonly operator: OperatorDeps;
  /** What was logged at level warn and above, oldest first. */
  readonly alarms: string[];
  /** Creates a payment of 100.00 PLN and gives its payer an account number. */
  send(input?: Partial<CreatePaymentInput>, channel?: 'wt' | 'wt_split'): Promise<Attempt>;
  /** Replaces an attempt by another one on its payment. */
  sendAgain(attempt: Attempt): Promise<Attempt>;
  /** The bank tells of movements. */
  tell(entries: readonly BankEntry[], kind?: CamtKind): Promise<ImportedFile>;
  close(): Promise<void>;
};

/** Opens one on a database of its own. */
export async function openTransferWorld(): Promise<TransferWorld> {
  const home = await createTestDatabase();
  const database = openDatabase({ url: home.url, connectionsMax: 6 });
  const gateway = await createSandboxGateway(database);
  const alarms: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void alarms.push((JSON.parse(line) as { msg: string }).msg) });
  const transfers: TransferDeps = { database, log, clock: gateway.clock, accounts: [ownAccount], folder: undefined };
  return {
    url: home.url,
    database,
    gateway,
    transfers,
    operator: { clock: gateway.clock, log, operator: { keyId: randomUUID(), name: 'Anna Nowak' } },
    alarms,
    send: async (input = {}, channel = 'wt') => {
      const { id: paymentId } = await createPayment(gateway.deps, gateway.shop, { amount: 10_000n, ...input });
      return start(gateway, { paymentId, channel });
    },
    sendAgain: ({ paymentId }) => start(gateway, { paymentId, channel: 'wt', supersede: true }),
    tell: (entries, kind = '053.001.08') => tellOf(transfers, writeCamt(kind, [{ account: ownAccount, entries }])),
    close: async () => {
      await database.close();
      await home.drop();
    },
  };
}

async function start(
  gateway: SandboxGateway,
  wish: { readonly paymentId: string; readonly channel: 'wt' | 'wt_split'; readonly supersede?: boolean },
): Promise<Attempt> {
  const asked = { idempotencyKey: randomUUID(), method: 'WIRE_TRANSFER', ...wish } as const;
  const started = await startTransaction(gateway.deps, { shop: gateway.shop, source: 'WEB' }, asked);
  const { id, paymentId, transferAccount } = started.transaction;
  return { id, paymentId, number: transferAccount ?? '' };
}

/** Imports a file as an operator does. */
export function tellOf(transfers: TransferDeps, text: string | Uint8Array): Promise<ImportedFile> {
  return importStatement(transfers, { name: 'statement', bytes: Buffer.from(text), source: 'operator:test' });
}

/** A transfer for an attempt, with a reference of its own. */
export function transferFor({ number }: Pick<Attempt, 'number'>, values: Partial<BankEntry> = {}): BankEntry {
  return entryOf({ sentTo: number, accountNumbers: [number], bankReference: randomUUID().slice(0, 16), ...values });
}

/** The entries that are kept, in their order; of one file if it is given. */
export async function entriesNow(database: Database, fileId?: string): Promise<StatementEntry[]> {
  const rows = await read<{ id: string }>(database, {
    name: 'test-entries',
    text: 'select id from statement_entry where file_id = coalesce($1::uuid, file_id) order by number',
    values: [fileId ?? null],
  });
  const ids = rows.map(({ id }) => id);
  const entries = await inTransaction(database, (tx) => readEntries(tx, ids));
  return entries.toSorted((one, other) => Number(one.number - other.number));
}

/** What lies where, in minor units of PLN, as `KIND amount`; nothing is left out. */
export async function balancesNow(database: Database): Promise<string[]> {
  const rows = await read<{ line: string }>(database, {
    name: 'test-balances',
    text: `
      select a.kind || ' ' || sum(case when p.to_id = a.id then p.amount else -p.amount end) as line
      from account a join posting p on a.id in (p.from_id, p.to_id)
      group by a.kind having sum(case when p.to_id = a.id then p.amount else -p.amount end) <> 0 order by a.kind`,
    values: [],
  });
  return rows.map(({ line }) => line);
}
