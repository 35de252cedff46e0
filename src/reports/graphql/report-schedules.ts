import { builder } from '../../graphql/builder.ts';
import { requirePage } from '../../graphql/connection-arguments.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import type { ReportSchedule } from '../../kernel/db/generated/prisma/client.ts';
import type { ReportFrequency } from '../../kernel/db/generated/prisma/enums.ts';
import { PaymentMethodEnum, ShopRef } from '../../shops/graphql.ts';
import { timerOf } from '../run-schedule.ts';
import { type ScheduledReport, scheduleReport } from '../schedule-report.ts';
import { unscheduleReport } from '../unschedule-report.ts';
import { ReportFilterInput } from './create-report.ts';
import { listedReports, ReportFormatEnum, ReportKindEnum } from './report.ts';

const ReportFrequencyEnum = builder.enumType('ReportFrequency', {
  description: 'For which periods a schedule has reports made, each at 7:00 in Warsaw on the day after it.',
  values: describeValues<ReportFrequency>({
    DAILY: 'Each day.',
    WEEKLY: 'Each week, from Monday to Sunday.',
    MONTHLY: 'Each calendar month.',
  }),
});

const ReportScheduleRef = builder.prismaObject('ReportSchedule', {
  description:
    'Reports that are made of each period when it is over, and sent by mail: an address of the file, good for 7 days.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    kind: t.expose('kind', { type: ReportKindEnum, description: 'What its reports list.' }),
    format: t.expose('format', { type: ReportFormatEnum, description: 'In which form they are written.' }),
    frequency: t.expose('frequency', { type: ReportFrequencyEnum, description: 'How long their periods are.' }),
    shop: t.field({
      type: ShopRef,
      nullable: true,
      description: 'The shop they are about; null: all shops of the merchant.',
      resolve: ({ shopId }, _, context) => (shopId === null ? null : context.loaders.shop.load(shopId)),
    }),
    currencies: t.expose('currencies', {
      type: [CurrencyEnum],
      description: 'The currencies they are narrowed to; empty: all.',
    }),
    methods: t.expose('methods', { type: [PaymentMethodEnum], description: 'Likewise the payment methods.' }),
    statuses: t.exposeStringList('statuses', { description: 'Likewise the states of what they list.' }),
    email: t.exposeString('email', { description: 'Where they are sent.' }),
    nextRunAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the next one is made; null when the schedule was ended.',
      resolve: (schedule) => (schedule.endedAt === null ? timerOf(schedule).dueAt : null),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'When it was ended.' }),
  }),
});

const ScheduleReportInput = builder.inputType('ScheduleReportInput', {
  description: 'Which reports shall come by mail.',
  fields: (t) => ({
    shopId: t.id({ description: 'The shop; left out, all shops that the key may see.' }),
    idempotencyKey: t.string({
      required: true,
      description: '1 to 255 characters, unique per shop: the same key and input give the same schedule.',
    }),
    kind: t.field({ type: ReportKindEnum, required: true, description: 'What they list.' }),
    format: t.field({ type: ReportFormatEnum, required: true, description: 'In which form.' }),
    frequency: t.field({
      type: ReportFrequencyEnum,
      required: true,
      description: 'How long their periods are. The first is the present one.',
    }),
    email: t.string({ required: true, description: 'Where they are sent: at most 200 characters.' }),
    filter: t.field({ type: ReportFilterInput, description: 'What they are narrowed to.' }),
  }),
});

const ScheduleReportSuccess = builder.objectRef<ScheduledReport>('ScheduleReportSuccess').implement({
  description: 'The schedule is there.',
  fields: (t) => ({
    schedule: t.expose('schedule', { type: ReportScheduleRef, description: 'The schedule in its present state.' }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had made it.' }),
  }),
});

builder.mutationField('scheduleReport', (t) =>
  t.field({
    type: resultUnion('ScheduleReport', ScheduleReportSuccess),
    description:
      'Has reports made and sent by mail, again and again. Scope: reports:write. Refusals: MAIL_NOT_AVAILABLE, INVALID_INPUT, NOT_FOUND (the shop), IDEMPOTENCY_KEY_REUSED, TOO_MANY_SCHEDULES (50 of the merchant go on).',
    args: { input: t.arg({ type: ScheduleReportInput, required: true, description: 'Which reports.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'scheduleReport', scope: 'reports:write' }, (actor) =>
        scheduleReport(context.app.reports, actor, input),
      ),
  }),
);

const UnscheduleReportSuccess = builder
  .objectRef<{ readonly schedule: ReportSchedule }>('UnscheduleReportSuccess')
  .implement({
    description: 'The schedule is ended; so it was if it had been ended before.',
    fields: (t) => ({
      schedule: t.expose('schedule', { type: ReportScheduleRef, description: 'The ended schedule.' }),
    }),
  });

builder.mutationField('unscheduleReport', (t) =>
  t.field({
    type: resultUnion('UnscheduleReport', UnscheduleReportSuccess),
    description:
      'Ends a schedule; reports that were ordered are made and sent all the same. Repeating it changes nothing. Scope: reports:write. Refusals: NOT_FOUND.',
    args: { id: t.arg.id({ required: true, description: 'The schedule.' }) },
    resolve: (_, { id }, context) =>
      refusable(context, { operation: 'unscheduleReport', scope: 'reports:write' }, async (actor) => ({
        schedule: await unscheduleReport(context.app.reports, actor, id),
      })),
  }),
);

builder.queryField('reportSchedules', (t) =>
  t.prismaConnection(
    {
      type: ReportScheduleRef,
      cursor: 'id',
      description:
        'Schedules of reports, newest first, ended ones too: of one shop or, without one, all that the key may see. Scope: reports:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT.',
      args: { shopId: t.arg.id({ description: 'Only those about this shop alone.' }) },
      resolve: async (query, _, args, context) => {
        const { database } = context.app.payments;
        const where = await listedReports(context, args.shopId);
        await requirePage(args, (id) => database.prisma.reportSchedule.findFirst({ where: { ...where, id } }));
        return database.prisma.reportSchedule.findMany({
          ...query,
          where,
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        });
      },
    },
    { name: 'ReportScheduleConnection', description: 'A page of schedules.' },
    { name: 'ReportScheduleEdge', description: 'A schedule and its place in the list.' },
  ),
);
