import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createPayment } from '../../start/pay.ts';
import { ask, type TestGateway } from '../../support/gateway.ts';

/** What a shop's back end does about its payments, and the bank behind them. */
export type Shop = {
  /** Makes a payment of 12.34 PLN, with what is given instead (`CreatePaymentInput`). */
  createPayment(input?: object): Promise<{ readonly id: string; readonly address: string }>;
  /** Makes a payment link of 12.34 PLN for several payers, with what is given instead (`CreatePaymentLinkInput`). */
  createLink(input?: object): Promise<{ readonly id: string; readonly address: string }>;
  disableLink(id: string): Promise<void>;
  cancelPayment(id: string): Promise<void>;
  /** The states of all attempts to pay, the first one first; one that brought money beyond the amount is SURPLUS. */
  attemptsOn(id: string): Promise<string[]>;
  /**
   * Ends the waiting on a payment: the bank tells now what it would tell later; a silent one is asked now. A payer who has
   * still to decide at the bank keeps his time for that.
   */
  letBankAnswer(id: string): Promise<void>;
  /** Lets the time to pay be over. */
  letTimeRunOut(id: string): Promise<void>;
};

type Attempts = { readonly payment: { transactions: { edges: { node: { status: string; surplus: boolean } }[] } } };

/** Makes the demo shop of a gateway. */
export function createShop(gateway: TestGateway): Shop {
  const { pool } = gateway.database;
  return {
    createPayment: async (input = {}) => {
      const made = await createPayment(gateway, { idempotencyKey: randomUUID(), ...input });
      if (!made.payment) throw new Error(`No payment was made: ${JSON.stringify(made)}`);
      return { id: made.payment.id, address: `${gateway.url}/pay/${made.payment.id}` };
    },
    createLink: async (input = {}) => {
      const query = `mutation ($input: CreatePaymentLinkInput!) {
        createPaymentLink(input: $input) { ... on CreatePaymentLinkSuccess { paymentLink { id url } } }
      }`;
      const usual = { shopId: gateway.demo.shopId, amount: 1234, currency: 'PLN', orderId: 'ORD/1', usesMax: null };
      const variables = { input: { ...usual, idempotencyKey: randomUUID(), ...input } };
      const { data } = await ask<{ createPaymentLink: { paymentLink: { id: string; url: string } } }>(gateway, query, {
        variables,
      });
      const { id, url } = data.createPaymentLink.paymentLink;
      return { id, address: `${gateway.url}${new URL(url).pathname}` };
    },
    disableLink: async (id) => {
      const query = 'mutation ($input: DisablePaymentLinkInput!) { disablePaymentLink(input: $input) { __typename } }';
      const { data } = await ask(gateway, query, { variables: { input: { id } } });
      expect(data).toEqual({ disablePaymentLink: { __typename: 'DisablePaymentLinkSuccess' } });
    },
    cancelPayment: async (paymentId) => {
      const query = 'mutation ($input: CancelPaymentInput!) { cancelPayment(input: $input) { __typename } }';
      const { data } = await ask(gateway, query, { variables: { input: { paymentId } } });
      expect(data).toEqual({ cancelPayment: { __typename: 'CancelPaymentSuccess' } });
    },
    attemptsOn: async (id) => {
      const query = 'query ($id: ID!) { payment(id: $id) { transactions { edges { node { status surplus } } } } }';
      const { data } = await ask<Attempts>(gateway, query, { variables: { id } });
      return data.payment.transactions.edges.map(({ node }) => (node.surplus ? 'SURPLUS' : node.status)).reverse();
    },
    letBankAnswer: async (id) => {
      const { rowCount } = await pool.query(
        `update timer set due_at = 'epoch' where kind not like all('{%-lapse,expire-%}')
          and subject in (select id::text from transaction where payment_id = $1)`,
        [id],
      );
      expect(rowCount).toBeGreaterThan(0);
    },
    letTimeRunOut: async (id) => {
      await pool.query("update payment set valid_until = '2026-01-01T12:00:00Z' where id = $1", [id]);
    },
  };
}
