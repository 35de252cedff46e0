import { expect, it } from 'vitest';
import type { DayFileLine, MovementOrder, StartOrder } from '../../src/acquirers/port.ts';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';
import { type AcquirerUnderTest, long, type Make, neverAborted } from './under-test.ts';

const dayMs = 24 * 3_600_000;
const morning = 6 * 3_600_000;

/** The line for money that an order took or a movement moved. */
function lineOf({ kind = 'sale', reference, amount, currency }: (StartOrder | MovementOrder) & { kind?: string }) {
  return { kind, reference, amount, currency, at: expect.any(Date) };
}

/** Asks for day files, and leaves out what is not of this test. */
function readerOf({ acquirer }: AcquirerUnderTest, ours: Iterable<{ readonly reference: string }>) {
  const references = new Set([...ours].map(({ reference }) => reference));
  return async (from: number, before: number): Promise<DayFileLine[]> => {
    const lines = await acquirer.dayFile({ from: new Date(from), before: new Date(before) }, neverAborted());
    return lines.filter((line) => references.has(line.reference));
  };
}

/** What an acquirer's day file holds: all that was taken and given back on a day, once, and nothing else. */
export function dayFileContract(make: Make, modes: readonly CaptureMode[]): void {
  it('has every sale, capture and refund once, on the day on which it settled, the oldest first', async () => {
    const under = await make();
    const { acquirer, order, refund, movement, letPass } = under;
    const ours: (StartOrder | MovementOrder)[] = [];
    const start = async (wish: StartOrder): Promise<StartOrder> => {
      ours.push(wish);
      await acquirer.start(wish, neverAborted());
      await letPass(long);
      return wish;
    };
    const move = async (wish: MovementOrder): Promise<MovementOrder> => {
      ours.push(wish);
      await acquirer.move(wish, neverAborted());
      await letPass(long);
      return wish;
    };
    const firstDay = order('settled').enteredAt.getTime() - morning;
    const sale = await start(order('settled'));
    const twice = await start(order('told-twice'));
    const held = modes.includes('MANUAL') ? await start(order('settled', { captureMode: 'MANUAL' })) : undefined;
    await letPass({ ms: dayMs });
    const back = await move(refund('settled', { transaction: sale.reference, amount: 100n }));
    const part = held && (await move(movement('capture', { transaction: held.reference, amount: 250n })));
    const other = await start(order('settled'));
    await letPass({ ms: dayMs });
    const rest = part && (await move(movement('capture', { transaction: part.transaction, amount: 1n })));
    const read = readerOf(under, ours);
    const days = [0, 1, 2, 3].map((day) => firstDay + day * dayMs);
    const lines = await Promise.all(days.map((from) => read(from, from + dayMs)));
    expect(lines).toEqual([
      [lineOf(sale), lineOf(twice)],
      [lineOf(back), ...(part ? [lineOf(part)] : []), lineOf(other)],
      rest ? [lineOf(rest)] : [],
      [],
    ]);
    expect(await read(firstDay, firstDay + 4 * dayMs)).toEqual(lines.flat());
  });

  it('begins with its first moment and ends before that of the next day', async () => {
    const under = await make();
    const wish = under.order('settled');
    await under.acquirer.start(wish, neverAborted());
    await under.letPass(long);
    const read = readerOf(under, [wish]);
    const [line] = await read(0, wish.enteredAt.getTime() + dayMs);
    if (!line) throw new Error('The sale is in no day file.');
    const at = line.at.getTime();
    expect(await read(at, at + 1)).toEqual([line]);
    expect(await read(at - dayMs, at)).toEqual([]);
    expect(await read(at + 1, at + dayMs)).toEqual([]);
  });

  it('has nothing that was refused, is not decided, was stopped or released', async () => {
    const under = await make();
    const { acquirer, order, refund, movement, letPass } = under;
    const refusedOrOpen = modes.flatMap((captureMode) => [
      order('rejected', { captureMode }),
      order('paid-late', { captureMode }),
    ]);
    const stopped = acquirer.capabilities.stopsOrders ? [order('settled')] : [];
    const released = modes.includes('MANUAL') ? [order('settled', { captureMode: 'MANUAL' })] : [];
    const sale = order('settled');
    const started = [...refusedOrOpen, ...stopped, ...released, sale];
    for (const wish of started) await acquirer.start(wish, neverAborted());
    for (const { reference } of stopped) await acquirer.cancel(reference, neverAborted());
    await letPass(long);
    const moves = [
      refund('rejected', { transaction: sale.reference, amount: 100n }),
      refund('rejected-late', { transaction: sale.reference, amount: 100n }),
      ...released.map(({ reference, amount }) => movement('void', { transaction: reference, amount })),
    ];
    for (const wish of moves) await acquirer.move(wish, neverAborted());
    const read = readerOf(under, [...started, ...moves]);
    expect(await read(0, sale.enteredAt.getTime() + dayMs)).toEqual([lineOf(sale)]);
  });
}
