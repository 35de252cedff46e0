import { requireOptions } from './check-options.ts';
import type { Connection } from './connection.ts';
import { type AnyDocument, textOf } from './document.ts';
import { successOf } from './errors.ts';
import * as generated from './generated/operations.ts';
import { isRepeatable } from './repeatable.ts';
import { type CallOptions, send } from './send.ts';

/** A page of a list: its rows, and where the next and the previous page begin. */
export type Page<Row> = { readonly nodes: readonly Row[]; readonly pageInfo: generated.PageInfo };

type Sent<Result, Variables> = (variables: Variables, options?: CallOptions) => Promise<Result>;

const callOptions: Readonly<Record<keyof CallOptions, true>> = { signal: true };

/** Sends operations of a connection. */
export type Sender = <Result, Variables extends object>(
  document: AnyDocument<Result, Variables> | string,
  variables: Variables,
  options?: CallOptions,
) => Promise<Result>;

/**
 * Makes the sender of a connection. Queries, and mutations of one field whose input has an `idempotencyKey`, are sent again
 * when nobody knows what became of them; other mutations never are.
 */
export function createSender(connection: Connection): Sender {
  return async (document, variables, options = {}) => {
    requireOptions('A call', options, callOptions);
    const text = textOf(document);
    if (/^\s*subscription\b/.test(text)) throw new TypeError('A subscription is followed by client.eventsOf.');
    return (await send(connection, {
      text,
      variables,
      repeatable: isRepeatable(text, variables),
      signal: options.signal,
    })) as never;
  };
}

/** The operations that have a method of their own. */
export type Operations = ReturnType<typeof createOperations>;

/** Makes the methods, each of which sends one operation of client/operations.graphql. */
export function createOperations(sender: Sender) {
  return { ...createQueries(sender), ...createMutations(sender) };
}

function createQueries(sender: Sender) {
  const { one, many, all } = readers(sender);
  const { shopDocument, paymentDocument, transactionDocument, refundDocument } = generated;
  const shopPage = many(generated.shopsDocument, ({ shops }) => shops);
  return {
    /** One shop of yours, or null. */
    shop: one(shopDocument, ({ shop }) => shop),
    /** Shops of the merchant, oldest first. */
    shops: (variables: generated.ShopsVariables = {}, options?: CallOptions) => shopPage(variables, options),
    /** One payment, or null. */
    payment: one(paymentDocument, ({ payment }) => payment),
    /** Payments of a shop, newest first. */
    payments: many(generated.paymentsDocument, ({ payments }) => payments),
    /** One transaction, or null. */
    transaction: one(transactionDocument, ({ transaction }) => transaction),
    /** Transactions of a shop, newest first. */
    transactions: many(generated.transactionsDocument, ({ transactions }) => transactions),
    /** One refund, or null. */
    refund: one(refundDocument, ({ refund }) => refund),
    /** Refunds of a shop, newest first. */
    refunds: many(generated.refundsDocument, ({ refunds }) => refunds),
    /** One payment link, or null. */
    paymentLink: one(generated.paymentLinkDocument, ({ paymentLink }) => paymentLink),
    /** Payment links of a shop, newest first. */
    paymentLinks: many(generated.paymentLinksDocument, ({ paymentLinks }) => paymentLinks),
    /** One stored instrument, or null. */
    profile: one(generated.profileDocument, ({ profile }) => profile),
    /** What one payer has stored at a shop, oldest first, whatever its state; it comes at once, not in pages. */
    profiles: all(generated.profilesDocument, ({ profiles }) => profiles),
    /** One payout, or null. */
    payout: one(generated.payoutDocument, ({ payout }) => payout),
    /** Payouts of a shop, newest first. */
    payouts: many(generated.payoutsDocument, ({ payouts }) => payouts),
    /** Notifications of a shop with every try that was made, newest first. */
    webhookDeliveries: many(generated.webhookDeliveriesDocument, ({ webhookDeliveries }) => webhookDeliveries),
    /** A page of the log of a shop, oldest first. `events` follows the log instead. */
    eventPage: many(generated.eventPageDocument, ({ events }) => events),
  };
}

function createMutations(sender: Sender) {
  const { mutation } = writers(sender);
  return {
    /** Asks a payer for money: lead him to `payment.url`. */
    createPayment: mutation(generated.createPaymentDocument, (made) => made.createPayment),
    /** Cancels a payment that is not paid. */
    cancelPayment: mutation(generated.cancelPaymentDocument, (made) => made.cancelPayment),
    /** Pays a payment from the shop's own page. A declined attempt is an answer and no error: look at its status. */
    startTransaction: mutation(generated.startTransactionDocument, (made) => made.startTransaction),
    /** Takes authorised money. */
    captureTransaction: mutation(generated.captureTransactionDocument, (made) => made.captureTransaction),
    /** Releases authorised money. */
    voidTransaction: mutation(generated.voidTransactionDocument, (made) => made.voidTransaction),
    /** Gives money of a settled transaction back. */
    createRefund: mutation(generated.createRefundDocument, (made) => made.createRefund),
    /** Makes an address to send by any messenger. */
    createPaymentLink: mutation(generated.createPaymentLinkDocument, (made) => made.createPaymentLink),
    /** Ends a payment link. */
    disablePaymentLink: mutation(generated.disablePaymentLinkDocument, (made) => made.disablePaymentLink),
    /** Charges a stored instrument of a payer. */
    chargeProfile: mutation(generated.chargeProfileDocument, (made) => made.chargeProfile),
    /** Forgets a stored instrument. */
    deactivateProfile: mutation(generated.deactivateProfileDocument, (made) => made.deactivateProfile),
    /** Changes settings of a shop. */
    updateShop: mutation(generated.updateShopDocument, (made) => made.updateShop),
    /** Sends a notification again, whatever became of it. */
    resendWebhook: async (deliveryId: string, options?: CallOptions) => {
      const made = await sender(generated.resendWebhookDocument, { deliveryId }, options);
      return successOf(made.resendWebhook);
    },
  };
}

type Connected<Row> = {
  readonly edges: ReadonlyArray<{ readonly node: Row }>;
  readonly pageInfo: generated.PageInfo;
};

function readers(sender: Sender) {
  const all =
    <Result, Variables extends object, Rows>(
      document: AnyDocument<Result, Variables>,
      pick: (result: Result) => Rows,
    ): Sent<Rows, Variables> =>
    async (variables, options) => {
      requireDeclared(document, variables);
      return pick(await sender(document, variables, options));
    };
  return {
    one:
      <Result, Row>(document: AnyDocument<Result, { readonly id: string }>, pick: (result: Result) => Row) =>
      async (id: string, options?: CallOptions): Promise<Row> =>
        pick(await sender(document, { id }, options)),
    many: <Result, Variables extends object, Row>(
      document: AnyDocument<Result, Variables>,
      pick: (result: Result) => Connected<Row>,
    ): Sent<Page<Row>, Variables> =>
      all(document, (result) => {
        const { edges, pageInfo } = pick(result);
        return { nodes: edges.map(({ node }) => node), pageInfo };
      }),
    all,
  };
}

/** Gateways pass over variables that a document does not declare: a misspelt filter would be none. */
function requireDeclared(document: AnyDocument<unknown, never>, variables: object): void {
  const [head = '', name = ''] = /^\w+ (\w+)[^)]*/.exec(textOf(document)) ?? [];
  const declared = Array.from(head.matchAll(/\$(\w+)/g), ([, variable = '']) => [variable, true as const]);
  requireOptions(name, variables, Object.fromEntries(declared));
}

function writers(sender: Sender) {
  return {
    mutation:
      <Result, Input, Made extends { readonly __typename: string }>(
        document: AnyDocument<Result, { readonly input: Input }>,
        pick: (result: Result) => Made,
      ): Sent<Exclude<Made, generated.Refusal>, Input> =>
      async (input, options) =>
        successOf(pick(await sender(document, { input }, options))),
  };
}
