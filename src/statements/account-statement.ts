import type { Day } from '../calendar/model.ts';
import type { Currency } from '../kernel/money.ts';

/** What statements of accounts have in common that are written into one file. */
export type StatementFile = {
  /** A UUID; the message's own name, and the beginning of those of its statements. */
  readonly id: string;
  readonly madeAt: Date;
  /** The first and the last day, in Europe/Warsaw. */
  readonly from: Day;
  readonly until: Day;
  /** The moments at which those days begin and end. */
  readonly span: { readonly from: Date; readonly before: Date };
  /** Whose accounts they are. */
  readonly ownerName: string;
};

/** An account whose statement begins. Minor units; above zero is what its owner has. */
export type StatementStart = {
  readonly part: 'start';
  /** UUID of whoever's account it is, a shop or recipient. */
  readonly account: string;
  readonly name: string;
  readonly currency: Currency;
  readonly opening: bigint;
  readonly closing: bigint;
};

/** One movement. */
export type StatementEntry = {
  readonly part: 'entry';
  /** The number of the posting. */
  readonly number: string;
  /** The kind of the posting, as `SALE`. */
  readonly kind: string;
  /** Minor units; below zero for what was taken. */
  readonly amount: bigint;
  readonly at: Date;
  readonly orderId: string | undefined;
  readonly transactionId: string | undefined;
  /** Id of the refund or payout. */
  readonly movementId: string | undefined;
};

/** Statements of any length, one after the other: each is a start, its entries in order, and an end. */
export type StatementPart = StatementStart | StatementEntry | { readonly part: 'end' };

/** The name of a statement: its file's day and the end of its id, and the place of the statement in it; at most 35 characters. */
export function statementName(file: StatementFile, place: number): string {
  return `${file.until.toString().replaceAll('-', '')}-${file.id.slice(-12)}-${place}`;
}
