import { hideCardNumbers } from '../kernel/card-numbers.ts';
import type { Currency } from '../kernel/money.ts';
import type { StatementFile, StatementPart } from '../statements/account-statement.ts';
import { type ReportHead, type Row, spanOf } from './model.ts';

type StatementWriter = (file: StatementFile, parts: AsyncIterable<StatementPart>) => AsyncGenerator<string>;

/** Makes the writer of a balance statement out of that of a form which banks use. */
export function asStatement(write: StatementWriter) {
  return (head: ReportHead, rows: AsyncIterable<Row>): AsyncGenerator<string> => {
    const { id, madeAt, period, merchantName } = head;
    return write({ id, madeAt, ...period, span: spanOf(period), ownerName: merchantName }, partsOf(rows));
  };
}

async function* partsOf(rows: AsyncIterable<Row>): AsyncGenerator<StatementPart> {
  for await (const row of rows) {
    if (row.kind === 'OPENING') {
      yield {
        ...{ part: 'start', account: textOf(row, 'account'), name: textOf(row, 'name') },
        ...{ currency: textOf(row, 'currency') as Currency },
        ...{ opening: row.balance as bigint, closing: row.closing as bigint },
      };
    } else if (row.kind === 'CLOSING') yield { part: 'end' };
    else {
      yield {
        ...{ part: 'entry', number: textOf(row, 'posting'), kind: textOf(row, 'kind') },
        ...{ amount: row.amount as bigint, at: row.at as Date, orderId: textIn(row, 'orderId') },
        ...{
          transactionId: textIn(row, 'transactionId'),
          movementId: textIn(row, 'refundId') ?? textIn(row, 'payoutId'),
        },
      };
    }
  }
}

function textOf(row: Row, column: string): string {
  const text = textIn(row, column);
  if (text === undefined) throw new Error(`A row of a statement has no ${column}.`);
  return text;
}

function textIn(row: Row, column: string): string | undefined {
  const cell = row[column];
  return typeof cell === 'string' ? hideCardNumbers(cell) : undefined;
}
