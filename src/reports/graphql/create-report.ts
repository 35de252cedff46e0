import { builder } from '../../graphql/builder.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import { PayoutStatusEnum } from '../../payouts/graphql/payout.ts';
import { RefundStatusEnum } from '../../refunds/graphql.ts';
import { PaymentMethodEnum } from '../../shops/graphql.ts';
import { TransactionStatusEnum } from '../../transactions/graphql.ts';
import { type CreatedReport, createReport } from '../create-report.ts';
import { ReportFormatEnum, ReportKindEnum, ReportRef } from './report.ts';

/** What reports are narrowed to. */
export const ReportFilterInput = builder.inputType('ReportFilter', {
  description: 'What the rows of a report must fit; all conditions at once, empty lists are none.',
  fields: (t) => ({
    currency: t.field({ type: [CurrencyEnum], description: 'In one of these currencies.' }),
    method: t.field({
      type: [PaymentMethodEnum],
      description: 'By one of these methods; only for TRANSACTIONS, REFUNDS and COMMISSIONS.',
    }),
    transactionStatus: t.field({
      type: [TransactionStatusEnum],
      description: 'In one of these states; only for TRANSACTIONS.',
    }),
    refundStatus: t.field({ type: [RefundStatusEnum], description: 'In one of these states; only for REFUNDS.' }),
    payoutStatus: t.field({ type: [PayoutStatusEnum], description: 'In one of these states; only for PAYOUTS.' }),
  }),
});

const CreateReportInput = builder.inputType('CreateReportInput', {
  description: 'What a report shall be of.',
  fields: (t) => ({
    shopId: t.id({
      description:
        'The shop; left out, all shops that the key may see, and for a key of all shops the recipients of baskets too.',
    }),
    idempotencyKey: t.string({
      required: true,
      description:
        '1 to 255 characters, unique per shop: the same key and input give the same report. It may not begin with "schedule ".',
    }),
    kind: t.field({ type: ReportKindEnum, required: true, description: 'What it lists.' }),
    format: t.field({
      type: ReportFormatEnum,
      required: true,
      description: 'In which form. MT940 and CAMT053 only of BALANCE_STATEMENT, and of days that are over.',
    }),
    from: t.field({ type: 'Date', required: true, description: 'The first day: 2000-01-01 at the earliest.' }),
    until: t.field({
      type: 'Date',
      required: true,
      description: 'The last day, which belongs to it: today at the latest, and at most 366 days in all.',
    }),
    filter: t.field({ type: ReportFilterInput, description: 'What it is narrowed to.' }),
  }),
});

const CreateReportSuccess = builder.objectRef<CreatedReport>('CreateReportSuccess').implement({
  description: 'The report is ordered. Ask for it again until it is READY or FAILED.',
  fields: (t) => ({
    report: t.expose('report', { type: ReportRef, description: 'The report in its present state.' }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had ordered it.' }),
  }),
});

builder.mutationField('createReport', (t) =>
  t.field({
    type: resultUnion('CreateReport', CreateReportSuccess),
    description:
      'Orders a report, which is made in the background. Scope: reports:write. Refusals: INVALID_INPUT, NOT_FOUND (the shop), IDEMPOTENCY_KEY_REUSED, TOO_MANY_REPORTS (20 of the merchant are still to be made).',
    args: { input: t.arg({ type: CreateReportInput, required: true, description: 'What it shall be of.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'createReport', scope: 'reports:write' }, (actor) =>
        createReport(context.app.reports, actor, input),
      ),
  }),
);
