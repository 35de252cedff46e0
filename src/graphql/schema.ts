import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import './scalars.ts';
import './money.ts';
import './refusal.ts';
import '../auth/graphql.ts';
import '../shops/graphql.ts';
import '../baskets/graphql.ts';
import '../transactions/graphql.ts';
import '../pricing/graphql/commission.ts';
import '../pricing/graphql/price-plan.ts';
import '../payments/graphql/payment.ts';
import '../payments/graphql/given-fields.ts';
import '../payments/graphql/payment-queries.ts';
import '../payments/graphql/payment-methods.ts';
import '../payments/graphql/create-payment.ts';
import '../payments/graphql/cancel-payment.ts';
import '../payments/graphql/start-transaction.ts';
import '../payments/graphql/capture-transaction.ts';
import '../payments/graphql/void-transaction.ts';
import '../profiles/graphql.ts';
import '../payments/graphql/charge-profile.ts';
import '../refunds/graphql.ts';
import '../payouts/graphql/payout.ts';
import '../payouts/graphql/payout-movements.ts';
import '../payouts/graphql/held-account.ts';
import '../payouts/graphql/payout-queries.ts';
import '../reports/graphql/report.ts';
import '../reports/graphql/create-report.ts';
import '../reports/graphql/report-queries.ts';
import '../reports/graphql/report-schedules.ts';
import '../links/graphql/payment-link.ts';
import '../links/graphql/create-payment-link.ts';
import '../links/graphql/disable-payment-link.ts';
import '../realtime/graphql/event.ts';
import '../realtime/graphql/event-queries.ts';
import '../realtime/graphql/subscriptions.ts';
import '../webhooks/graphql.ts';
import '../contracts/graphql/contract.ts';
import '../contracts/graphql/application.ts';
import '../contracts/graphql/own-contract.ts';
import '../contracts/graphql/clock.ts';
import '../support/graphql.ts';
import '../operator/graphql/operator.ts';
import '../operator/graphql/reviews.ts';
import '../operator/graphql/messages.ts';
import '../operator/graphql/price-plans.ts';
import '../operator/graphql/trial-balance.ts';
import '../operator/graphql/bank-files.ts';
import '../operator/graphql/payouts.ts';
import '../transfers/graphql.ts';
import '../operator/graphql/transfer-target.ts';
import '../operator/graphql/transfers.ts';
import { builder } from './builder.ts';

/** The whole schema, collected from the slices. */
export const schema: GraphQLSchema = builder.toSchema();

/** The schema as it is committed in `schema.graphql`: sorted, so that its diffs are small. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
