import type { Operator } from '../../auth/authenticate-operator.ts';
import { builder } from '../../graphql/builder.ts';
import { pageSizeMax } from '../../graphql/connection-arguments.ts';
import { requireOperator } from '../../graphql/context.ts';
import type { AuditEntry } from '../../kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import { parseMerchantId } from '../../kernel/ids.ts';

const OperatorRef = builder.objectRef<Operator>('Operator').implement({
  description: 'Somebody at the bank.',
  fields: (t) => ({
    keyId: t.exposeID('keyId', { description: 'Id of the key, not the key.' }),
    name: t.exposeString('name', { description: 'Whose key it is.' }),
  }),
});

builder.queryField('operator', (t) =>
  t.field({
    type: OperatorRef,
    description: 'Whoever asks. Operators only.',
    resolve: (_, __, context) => requireOperator(context),
  }),
);

const AuditEntryRef = builder.objectRef<AuditEntry>('AuditEntry').implement({
  description: 'One entry of the audit log: what somebody did, and that it is known for good.',
  fields: (t) => ({
    sequence: t.expose('sequence', { type: 'Count', description: 'Its place: 1, 2, 3, … without a gap.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was done.' }),
    merchantId: t.exposeString('merchantId', { nullable: true, description: 'Whose affair it is; null: of none.' }),
    actor: t.exposeString('actor', {
      description:
        'Who did it: `key:` and the id of a merchant’s key, `operator:` and that of ours, `applicant`, `gateway`.',
    }),
    action: t.exposeString('action', { description: 'What was done.' }),
    subject: t.exposeString('subject', { description: 'What it was done to.' }),
    details: t.string({ description: 'The details, as JSON.', resolve: ({ data }) => JSON.stringify(data) }),
    hash: t.string({
      description: 'SHA-256 over the entry and the hash before it, 64 hexadecimal digits.',
      resolve: ({ hash }) => Buffer.from(hash).toString('hex'),
    }),
  }),
});

builder.queryField('auditEntries', (t) =>
  t.field({
    type: [AuditEntryRef],
    description:
      'The audit log, newest first. Operators only. Refusals: INVALID_INPUT (the page size), NOT_FOUND (no id of a merchant).',
    args: {
      merchantId: t.arg.string({ description: 'Only of this merchant.' }),
      olderThan: t.arg({ type: 'Count', description: 'Only entries before this place; for the next page.' }),
      first: t.arg.int({ defaultValue: 20, required: true, description: `1 to ${pageSizeMax}.` }),
    },
    resolve: (_, { merchantId, olderThan, first }, context) => {
      requireOperator(context);
      if (first < 1 || first > pageSizeMax) throw new InvalidInput(`first must be 1 to ${pageSizeMax}.`, ['first']);
      return context.app.payments.database.prisma.auditEntry.findMany({
        where: {
          ...(typeof merchantId === 'string' ? { merchantId: parseMerchantId(merchantId) } : {}),
          ...(typeof olderThan === 'bigint' ? { sequence: { lt: olderThan } } : {}),
        },
        orderBy: { sequence: 'desc' },
        take: first,
      });
    },
  }),
);
