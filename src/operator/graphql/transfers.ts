import { builder } from '../../graphql/builder.ts';
import { requirePage, withCursor } from '../../graphql/connection-arguments.ts';
import type { GraphContext } from '../../graphql/context.ts';
import { requireOperator } from '../../graphql/context.ts';
import { refusableForOperator, resultUnion } from '../../graphql/refusable.ts';
import { choicesIn } from '../../kernel/choices.ts';
import { inTransaction, type Tx } from '../../kernel/db/database.ts';
import type { StatementEntry } from '../../kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import { parseId, withHyphens } from '../../kernel/ids.ts';
import { parseText } from '../../kernel/text.ts';
import { assignTransfer } from '../../transfers/assign-transfer.ts';
import { dismissTransfer } from '../../transfers/dismiss-transfer.ts';
import { StatementEntryRef, StatementEntryStatusEnum, StatementFileRef } from '../../transfers/graphql.ts';
import { holdDismissed } from '../../transfers/hold-dismissed.ts';
import type { OperatorDeps } from '../../transfers/hold-entry.ts';
import { type ImportedFile, importStatement } from '../../transfers/import-statement.ts';
import { returnTransfer } from '../../transfers/return-transfer.ts';

builder.queryField('heldTransfers', (t) =>
  t.prismaConnection(
    {
      type: StatementEntryRef,
      cursor: 'id',
      description:
        'Movements on our accounts that an operator has to look into, oldest first: those that are HELD, and those of payments that have not all of their money yet. Operators only. Refusals: INVALID_INPUT (the page).',
      args: { status: t.arg({ type: [StatementEntryStatusEnum], description: 'Those in these states instead.' }) },
      resolve: async (query, _, args, context) => {
        requireOperator(context);
        const { statementEntry } = context.app.transfers.database.prisma;
        await requirePage(args, (id) => statementEntry.findUnique({ where: { id }, select: { id: true } }));
        const status = choicesIn(args.status, ['status']) ?? ['HELD', 'PARTIAL'];
        return statementEntry.findMany({
          ...query,
          where: withCursor({ status: { in: status } }, args),
          orderBy: { number: 'asc' },
        });
      },
    },
    { name: 'HeldTransferConnection', description: 'A page of movements on our accounts.' },
    { name: 'HeldTransferEdge', description: 'A movement on an account of ours and its place in the list.' },
  ),
);

const ImportStatementInput = builder.inputType('ImportStatementInput', {
  description: 'A file of the bank.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What it is called: 1 to 255 characters.' }),
    content: t.string({
      required: true,
      description:
        'Its bytes in base64: camt.053 or camt.054 (001.02, 001.08) or MT940. What is too large for a request is put into the folder.',
    }),
  }),
});

const ImportStatementSuccess = builder.objectRef<ImportedFile>('ImportStatementSuccess').implement({
  description: 'It is imported.',
  fields: (t) => ({
    statement: t.expose('file', { type: StatementFileRef, description: 'The file.' }),
    replayed: t.exposeBoolean('replayed', { description: 'True when its very bytes were imported before.' }),
  }),
});

builder.mutationField('importStatement', (t) =>
  t.field({
    type: resultUnion('ImportStatement', ImportStatementSuccess),
    description:
      'Imports a statement of our bank: what no file has told before is matched with payments and payouts, or held. The same file again changes nothing. Operators only. Refusals: INVALID_INPUT (it cannot be read; the message says where).',
    args: { input: t.arg({ type: ImportStatementInput, required: true, description: 'The file.' }) },
    resolve: (_, { input }, context) =>
      refusableForOperator(context, ({ keyId }) => {
        const name = parseText(input.name, 'name', { max: 255 });
        const bytes = parseBase64(input.content);
        return importStatement(context.app.transfers, { name, bytes, source: `operator:${keyId}` });
      }),
  }),
);

function parseBase64(text: string): Uint8Array {
  const plain = text.replaceAll(/\s/g, '');
  if (plain === '' || plain.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(plain)) {
    throw new InvalidInput('content must be the bytes of the file in base64.', ['content']);
  }
  return Buffer.from(plain, 'base64');
}

const DecidedTransfer = (name: string) =>
  builder.objectRef<{ transfer: StatementEntry }>(name).implement({
    description: 'It is done.',
    fields: (t) => ({ transfer: t.expose('transfer', { type: StatementEntryRef, description: 'As it is now.' }) }),
  });

/** Runs a decision of an operator on a transfer. */
function decide(context: GraphContext, work: (tx: Tx, deps: OperatorDeps) => Promise<StatementEntry>) {
  return refusableForOperator(context, async (operator) => {
    const { database, clock, log } = context.app.transfers;
    return { transfer: await inTransaction(database, (tx) => work(tx, { clock, log, operator })) };
  });
}

const ReturnHeldTransferInput = builder.inputType('ReturnHeldTransferInput', {
  description: 'A transfer that goes back.',
  fields: (t) => ({
    transferId: t.id({ required: true, description: 'The transfer.' }),
    reason: t.string({ required: true, description: 'Why, for the audit log: 1 to 500 characters.' }),
  }),
});

builder.mutationField('returnHeldTransfer', (t) =>
  t.field({
    type: resultUnion('ReturnHeldTransfer', DecidedTransfer('ReturnHeldTransferSuccess')),
    description:
      'Books that what is held of a transfer, or a transfer that does not pay its payment in full, goes back to whoever sent it. You make the transfer at the bank, with `returnReference`. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE.',
    args: { input: t.arg({ type: ReturnHeldTransferInput, required: true, description: 'The transfer.' }) },
    resolve: (_, { input: { transferId, reason } }, context) =>
      decide(context, (tx, deps) =>
        returnTransfer(tx, deps, { entryId: parseId(transferId, 'transfer', ['transferId']), reason }),
      ),
  }),
);

/** Files of the bank print ids without hyphens. */
function parseNamed(given: string | null | undefined, noun: string, field: string): string | undefined {
  return given ? parseId(withHyphens(given) ?? given, noun, [field]) : undefined;
}

const AssignHeldTransferInput = builder.inputType('AssignHeldTransferInput', {
  description:
    'What a movement is for: one of a transaction, a payout and a held transfer, by its id with or without dashes (`transferTarget` finds it).',
  fields: (t) => ({
    transferId: t.id({ required: true, description: 'The movement.' }),
    transactionId: t.id({
      description:
        'A transaction with an account number for a transfer. Money that came pays it; money that went out the bank has taken back from what transfers brought for it.',
    }),
    payoutId: t.id({
      description:
        'The payout that it is, or that it brings back. One that is SCHEDULED, or was cancelled, is settled by money that went out if it was in a file that was rejected; of one that was cancelled it leaves the balance again, which may fall below zero.',
    }),
    heldTransferId: t.id({
      description:
        'The transfer, money that came in, that the bank has taken back by it: one that is held, or that has paid several transactions.',
    }),
    acceptFee: t.boolean({
      description:
        'With payoutId: true if it brings the payout back less a fee that a bank kept. The receiver has all of it on the balance again, and the fee is a cost of the gateway (BANK_FEES). With heldTransferId: true if it is the debit of a payout that was cancelled, and the transfer brings that back less a fee.',
    }),
  }),
});

builder.mutationField('assignHeldTransfer', (t) =>
  t.field({
    type: resultUnion('AssignHeldTransfer', DecidedTransfer('AssignHeldTransferSuccess')),
    description:
      'Says what a held movement is for. The transaction settles when it then has all of its money; what is too much stays held. What the bank has taken back its acquirer owes again, and a sale that has settled stands. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE.',
    args: { input: t.arg({ type: AssignHeldTransferInput, required: true, description: 'What it is for.' }) },
    resolve: (_, { input: { transferId, transactionId, payoutId, heldTransferId, acceptFee } }, context) =>
      decide(context, (tx, deps) =>
        assignTransfer(tx, deps, {
          entryId: parseId(transferId, 'transfer', ['transferId']),
          transactionId: parseNamed(transactionId, 'transaction', 'transactionId'),
          payoutId: parseNamed(payoutId, 'payout', 'payoutId'),
          heldTransferId: parseNamed(heldTransferId, 'transfer', 'heldTransferId'),
          acceptFee: acceptFee ?? undefined,
        }),
      ),
  }),
);

const DismissHeldTransferInput = builder.inputType('DismissHeldTransferInput', {
  description: 'A movement that is none of the gateway’s.',
  fields: (t) => ({
    transferId: t.id({ required: true, description: 'The movement.' }),
    reason: t.string({ required: true, description: 'What it was, for the audit log: 1 to 500 characters.' }),
    notOfPayout: t.boolean({
      description:
        'True: it is another movement than that of the payout which it names. Needed when that one waits to be sent or was cancelled, since it can then be paid, and when it came back and this is of its whole amount.',
    }),
  }),
});

builder.mutationField('dismissHeldTransfer', (t) =>
  t.field({
    type: resultUnion('DismissHeldTransfer', DecidedTransfer('DismissHeldTransferSuccess')),
    description:
      'Ends the search for what money that went out was for: a fee of the bank, say. One that names a payout which is SCHEDULED or was cancelled, or that is as large as one which came back, is refused without `notOfPayout`, since that would be paid a second time. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE.',
    args: { input: t.arg({ type: DismissHeldTransferInput, required: true, description: 'The movement.' }) },
    resolve: (_, { input: { transferId, reason, notOfPayout } }, context) =>
      decide(context, (tx, deps) => {
        const entryId = parseId(transferId, 'transfer', ['transferId']);
        return dismissTransfer(tx, deps, { entryId, reason, notOfPayout: notOfPayout ?? undefined });
      }),
  }),
);

const HoldDismissedTransferInput = builder.inputType('HoldDismissedTransferInput', {
  description: 'A movement that was dismissed by mistake.',
  fields: (t) => ({
    transferId: t.id({ required: true, description: 'The movement.' }),
    reason: t.string({ required: true, description: 'Why, for the audit log: 1 to 500 characters.' }),
  }),
});

builder.mutationField('holdDismissedTransfer', (t) =>
  t.field({
    type: resultUnion('HoldDismissedTransfer', DecidedTransfer('HoldDismissedTransferSuccess')),
    description:
      'Takes `dismissHeldTransfer` back: the movement is HELD again, to be assigned to what it was for. It keeps the payout that it names from being paid, as before; what was paid meanwhile stays paid. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE.',
    args: { input: t.arg({ type: HoldDismissedTransferInput, required: true, description: 'The movement.' }) },
    resolve: (_, { input: { transferId, reason } }, context) =>
      decide(context, (tx, deps) =>
        holdDismissed(tx, deps, { entryId: parseId(transferId, 'transfer', ['transferId']), reason }),
      ),
  }),
);
