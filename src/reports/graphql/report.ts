import { zone } from '../../calendar/model.ts';
import { builder } from '../../graphql/builder.ts';
import { actorWith, type GraphContext, shopWith } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { CurrencyEnum, MoneyRef } from '../../graphql/money.ts';
import { after } from '../../kernel/clock.ts';
import type { Report } from '../../kernel/db/generated/prisma/client.ts';
import type { ReportFormat, ReportKind, ReportStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { PaymentMethodEnum, ShopRef } from '../../shops/graphql.ts';
import { addressGoodFor, fileNameOf, progressOf, readTotals, type Total } from '../model.ts';
import { signAddress } from '../sign-address.ts';
import { visibleReports } from '../store.ts';

/** What reports are of. */
export const ReportKindEnum = builder.enumType('ReportKind', {
  description: 'What a report lists. Which moment counts for its period is said with each.',
  values: describeValues<ReportKind>({
    TRANSACTIONS: 'Attempts to pay, by when they were started.',
    REFUNDS: 'Refunds, by when they were ordered.',
    PAYOUTS: 'Payouts, by their business day.',
    COMMISSIONS: 'What was computed as commission, by when it was: of each sale, and what moved of it since.',
    BALANCE_STATEMENT:
      'Everything that was booked on the balance, by when it was, between the opening and the closing balance of each account.',
  }),
});

/** What files reports are. */
export const ReportFormatEnum = builder.enumType('ReportFormat', {
  description: 'In which form a report is written. All forms have the same figures.',
  values: describeValues<ReportFormat>({
    CSV: 'RFC 4180: UTF-8, commas, CRLF, one line of headings, amounts as 1234.50.',
    XLSX: 'Office Open XML for Excel; at most 1,000,000 rows.',
    PDF: 'To read and print; at most 5,000 rows.',
    MT940: 'A statement as banks write it (SWIFT MT940); only of BALANCE_STATEMENT.',
    CAMT053: 'A statement as banks write it (ISO 20022, camt.053.001.08); only of BALANCE_STATEMENT.',
  }),
});

const ReportStatusEnum = builder.enumType('ReportStatus', {
  description: 'Where a report stands.',
  values: describeValues<ReportStatus>({
    QUEUED: 'Ordered; it is begun within seconds, unless others are before it.',
    RUNNING: 'Being made; `progress` says how far.',
    READY: 'Its file can be fetched.',
    FAILED: 'It could not be made; `failure` says why.',
    EXPIRED: 'Its file is not kept any more.',
  }),
});

const ReportPeriodRef = builder.objectRef<Report>('ReportPeriod').implement({
  description: 'The days that a report is about.',
  fields: (t) => ({
    from: t.field({ type: 'Date', description: 'The first day.', resolve: ({ fromDay }) => dayIn(fromDay) }),
    until: t.field({
      type: 'Date',
      description: 'The last day, which belongs to it.',
      resolve: ({ untilDay }) => dayIn(untilDay),
    }),
    zone: t.string({ description: 'In which zone these days begin and end: Europe/Warsaw.', resolve: () => zone }),
  }),
});

const ReportTotalRef = builder.objectRef<Total>('ReportTotal').implement({
  description: 'The sum of a column of a report, of all its rows in one currency.',
  fields: (t) => ({
    column: t.exposeString('column', { description: 'The name of the column, as in the headings of the file.' }),
    sum: t.field({ type: MoneyRef, description: 'The sum.', resolve: (total) => total }),
  }),
});

const dayIn = (column: Date): string => column.toISOString().slice(0, 10);

/** The GraphQL type of a report. */
export const ReportRef = builder.prismaObject('Report', {
  description: 'A file about a period, made in the background and kept for 30 days.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    kind: t.expose('kind', { type: ReportKindEnum, description: 'What it lists.' }),
    format: t.expose('format', { type: ReportFormatEnum, description: 'In which form it is written.' }),
    shop: t.field({
      type: ShopRef,
      nullable: true,
      description: 'The shop it is about; null: all shops of the merchant, and the recipients of baskets.',
      resolve: ({ shopId }, _, context) => (shopId === null ? null : context.loaders.shop.load(shopId)),
    }),
    period: t.field({ type: ReportPeriodRef, description: 'The days it is about.', resolve: (report) => report }),
    currencies: t.expose('currencies', {
      type: [CurrencyEnum],
      description: 'The currencies it is narrowed to; empty: all.',
    }),
    methods: t.expose('methods', { type: [PaymentMethodEnum], description: 'Likewise the payment methods.' }),
    statuses: t.exposeStringList('statuses', { description: 'Likewise the states of what it lists.' }),
    status: t.expose('status', { type: ReportStatusEnum, description: 'Where it stands.' }),
    progress: t.int({ description: 'How far it is: whole percent, 0 to 100.', resolve: progressOf }),
    rows: t.expose('rows', {
      type: 'Count',
      description: 'How many rows are written; opening and closing balances are rows too.',
    }),
    totals: t.field({
      type: [ReportTotalRef],
      description: 'The sums of its columns by currency; empty before it is ready, and when it has no rows.',
      resolve: ({ totals }) => readTotals(totals),
    }),
    fileName: t.string({ description: 'What the file is called.', resolve: fileNameOf }),
    bytes: t.expose('bytes', {
      type: 'Count',
      description: 'How large the file is as it is kept: CSV, MT940 and CAMT053 compressed with gzip.',
    }),
    url: t.field({
      type: 'URL',
      nullable: true,
      description:
        'Where the file is fetched (GET): signed, for this report alone, good for an hour from now for whoever has it. Null unless it is READY.',
      resolve: (report, _, { app: { reports } }) =>
        report.status === 'READY' ? signAddress(reports, report.id, after(reports.clock.now(), addressGoodFor)) : null,
    }),
    failure: t.exposeString('failure', {
      nullable: true,
      description: 'Why it could not be made and what to do instead; null unless it is FAILED.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was ordered.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was ready, or given up.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when the file is kept; null before it is ready.',
    }),
  }),
});

/**
 * Which reports, or schedules of reports, a list has: all that the key may see or, of them, those about one shop alone.
 * @throws Unauthenticated or Forbidden without the scope reports:read; NotFound when there is no such shop that the key may see.
 */
export async function listedReports(
  context: GraphContext,
  shopId: string | null | undefined,
): Promise<{ readonly merchantId: string; readonly shopId?: string }> {
  const visible = visibleReports(actorWith(context, 'reports:read'));
  if (typeof shopId !== 'string') return visible;
  return { ...visible, shopId: (await shopWith(context, 'reports:read', shopId)).id };
}
