import { builder } from '../../graphql/builder.ts';
import { requirePage } from '../../graphql/connection-arguments.ts';
import { actorWith } from '../../graphql/context.ts';
import { parseId } from '../../kernel/ids.ts';
import { visibleReports } from '../store.ts';
import { listedReports, ReportRef } from './report.ts';

builder.queryField('report', (t) =>
  t.prismaField({
    type: ReportRef,
    nullable: true,
    description: 'One report of yours, or null. Scope: reports:read.',
    args: { id: t.arg.id({ required: true, description: 'Id of the report.' }) },
    resolve: (query, _, { id }, context) =>
      context.app.payments.database.prisma.report.findFirst({
        ...query,
        where: { AND: visibleReports(actorWith(context, 'reports:read')), id: parseId(id, 'report') },
      }),
  }),
);

builder.queryField('reports', (t) =>
  t.prismaConnection(
    {
      type: ReportRef,
      cursor: 'id',
      description:
        'Reports, newest first: of one shop or, without one, all that the key may see. Scope: reports:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT.',
      args: { shopId: t.arg.id({ description: 'Only those about this shop alone.' }) },
      resolve: async (query, _, args, context) => {
        const { database } = context.app.payments;
        const where = await listedReports(context, args.shopId);
        await requirePage(args, (id) => database.prisma.report.findFirst({ where: { ...where, id } }));
        return database.prisma.report.findMany({
          ...query,
          where,
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        });
      },
    },
    { name: 'ReportConnection', description: 'A page of reports.' },
    { name: 'ReportEdge', description: 'A report and its place in the list.' },
  ),
);
