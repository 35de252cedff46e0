import type { Statement } from '../../kernel/db/database.ts';
import type { Column, ReportFilter } from '../model.ts';

/** What the statements of reports are asked for. */
export type ReportWish = {
  readonly merchantId: string;
  /** Null: all shops of the merchant, and his recipients. */
  readonly shopId: string | null;
  /** Moments: from the first one on, before the second. */
  readonly from: Date;
  readonly before: Date;
  /** Days as their columns keep them, both within. */
  readonly fromDay: Date;
  readonly untilDay: Date;
  readonly filter: ReportFilter;
};

/** Where the rows of a kind of report come from, in the order in which it lists them. */
export type RowSource = {
  readonly columns: readonly Column[];
  statement(wish: ReportWish): Statement;
};

/** The list of a filter as a parameter: null for one that does not narrow. */
export function narrowing(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list;
}
