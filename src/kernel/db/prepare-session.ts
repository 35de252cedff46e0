import type pg from 'pg';

/** How long the server lets things take in a session, in milliseconds; 0 is without end. */
export type Patience = {
  /** One statement. */
  readonly statementMs: number;
  /** A transaction in which nothing is asked. */
  readonly idleInTransactionMs: number;
};

/** For those who serve. */
const usual: Patience = { statementMs: 15_000, idleInTransactionMs: 30_000 };
/** For work that takes as long as it takes. */
export const endless: Patience = { statementMs: 0, idleInTransactionMs: 0 };

/**
 * Gives a new session what our statements, and those who read their answers, rely on, whatever the server, the database and the
 * role have for others: Prisma, for one, takes every time for one in UTC. To be called for each connection before its first
 * statement. It is a statement itself, as PgBouncer refuses most settings in the parameters with which a session begins.
 */
export async function prepareSession(client: pg.ClientBase, patience: Patience = usual): Promise<void> {
  await client.query(`
    set statement_timeout = ${patience.statementMs};
    set idle_in_transaction_session_timeout = ${patience.idleInTransactionMs};
    set idle_session_timeout = 0;
    set lock_timeout = 0;
    set default_transaction_isolation = 'read committed';
    set timezone = 'UTC';
    set datestyle = 'ISO, MDY';
    set intervalstyle = 'postgres';
    set bytea_output = 'hex';
    set standard_conforming_strings = on`);
}
