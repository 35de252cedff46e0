import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { GuardDeps } from '../../src/acquirers/guard-acquirer.ts';
import { type Acquirer, AcquirerNotCalled, type MovementOrder, type StartOrder } from '../../src/acquirers/port.ts';
import { isUuid } from '../../src/kernel/ids.ts';
import { createToldAcquirer, type ToldAcquirer } from '../payments/told-acquirer.ts';
import { bringDown, type Guarded, guard } from './guarded.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }));

afterEach(() => void vi.useRealTimers());

const signal = new AbortController().signal;
const noon = new Date('2026-03-02T11:00:00.000Z');
const down = new Error('connection refused');
const answered = { kind: 'pending' } as const;

function guarded(acquirer: Acquirer, changes: Partial<GuardDeps> = {}): Guarded {
  const made = guard(acquirer, changes);
  onTestFinished(() => made.acquirer.shutDown());
  return made;
}

/** A told acquirer that is out of order, behind its guard, which has stopped calling it. */
async function guardedAndDown(): Promise<Guarded & { readonly told: ToldAcquirer }> {
  const told = createToldAcquirer();
  const made = guarded(told);
  told.onAsk(down);
  await bringDown(made);
  told.asked.length = 0;
  return { ...made, told };
}

const order = { reference: randomUUID(), enteredAt: noon } as StartOrder;
const movement = { reference: randomUUID(), kind: 'refund' } as MovementOrder;
const stateOf = ({ acquirer }: Guarded) => acquirer.unavailability('blik', noon)?.reason ?? 'UP';

describe('An acquirer that answers', () => {
  it('is called, and gives its answers as they are', async () => {
    const told = createToldAcquirer();
    const { acquirer } = guarded(told);
    const rejected = { kind: 'rejected', reason: 'GENERAL', code: '1' } as const;
    told.onStart(rejected);
    told.onAsk({ kind: 'settled', amount: 5n });
    told.onMove({ kind: 'rejected', code: '2' });
    told.onAskMovement({ kind: 'settled' });
    expect(await acquirer.start(order, signal)).toEqual(rejected);
    expect(await acquirer.status(order.reference, signal)).toEqual({ kind: 'settled', amount: 5n });
    expect(await acquirer.move(movement, signal)).toEqual({ kind: 'rejected', code: '2' });
    expect(await acquirer.movementStatus(movement.reference, signal)).toEqual({ kind: 'settled' });
    await acquirer.cancel(order.reference, signal);
    expect([told.started, told.moved]).toEqual([[order], [movement]]);
    expect([told.asked, told.askedMovements]).toEqual([[order.reference], [movement.reference]]);
    expect(told.stopped).toEqual([order.reference]);
  });

  it('is not down because it refuses, be it for ever', async () => {
    const told = createToldAcquirer();
    const made = guarded(told);
    told.onStart({ kind: 'rejected', reason: 'GENERAL', code: '1' });
    for (let count = 0; count < 50; count += 1) await made.acquirer.start(order, signal);
    expect(stateOf(made)).toBe('UP');
  });

  it('says itself which of its channels are closed at an hour', () => {
    const closed = { reason: 'OUTSIDE_HOURS', until: noon } as const;
    const { acquirer } = guarded({
      ...createToldAcquirer(),
      unavailability: (channel, now) => (channel === 'nest' && now === noon ? closed : undefined),
    });
    expect(acquirer.unavailability('nest', noon)).toBe(closed);
    expect(acquirer.unavailability('bos', noon)).toBeUndefined();
  });
});

describe('The guard gives up calling', () => {
  it.each([
    ['----', 'UP'],
    ['-----', 'ACQUIRER_DOWN'],
    ['++++-----', 'ACQUIRER_DOWN'],
    ['+++++-----', 'ACQUIRER_DOWN'],
    ['++++++-----', 'UP'],
    ['++++++------', 'ACQUIRER_DOWN'],
    ['-+-+-+-+-', 'ACQUIRER_DOWN'],
    ['-+-++-+-++-+', 'UP'],
  ])('after the answers + and failures - in %s it is %s', async (calls, state) => {
    const told = createToldAcquirer();
    const made = guarded(told);
    for (const call of calls) {
      told.onAsk(call === '+' ? answered : down);
      await made.acquirer.status(order.reference, signal).catch(() => {});
    }
    expect(stateOf(made)).toBe(state);
  });

  it('whatever the calls were that failed', async () => {
    const told = createToldAcquirer();
    const made = guarded(told);
    told.onStart(down);
    told.onAsk(down);
    told.onStop(down);
    told.onMove(down);
    told.onAskMovement(down);
    const { acquirer } = made;
    const calls = [
      () => acquirer.start(order, signal),
      () => acquirer.status(order.reference, signal),
      () => acquirer.cancel(order.reference, signal),
      () => acquirer.move(movement, signal),
      () => acquirer.movementStatus(movement.reference, signal),
    ];
    for (const call of calls) {
      expect(stateOf(made)).toBe('UP');
      await expect(call()).rejects.toBe(down);
    }
    expect(stateOf(made)).toBe('ACQUIRER_DOWN');
  });

  it('not for failures of which some are older than 30 seconds', async () => {
    const told = createToldAcquirer();
    const made = guarded(told);
    told.onAsk(down);
    const fail = () => made.acquirer.status(order.reference, signal).catch(() => {});
    for (let count = 0; count < 4; count += 1) await fail();
    vi.advanceTimersByTime(30_000);
    for (let count = 0; count < 4; count += 1) await fail();
    expect(stateOf(made)).toBe('UP');
    vi.advanceTimersByTime(26_000);
    await fail();
    expect(stateOf(made)).toBe('ACQUIRER_DOWN');
  });

  it('not for one call that took so long that nothing else is left of its time', async () => {
    const call = Promise.withResolvers<never>();
    const made = guarded({ ...createToldAcquirer(), status: () => call.promise });
    const asked = made.acquirer.status(order.reference, signal);
    vi.advanceTimersByTime(40_000);
    call.reject(down);
    await expect(asked).rejects.toBe(down);
    expect(stateOf(made)).toBe('UP');
  });

  it('once, with one line, though fifty calls fail at the same time', async () => {
    const told = createToldAcquirer();
    const made = guarded(told);
    told.onStart(down);
    const calls = Array.from({ length: 50 }, () => made.acquirer.start(order, signal));
    // All of them were made, so of none it may be said that it never arrived.
    expect(new Set((await Promise.allSettled(calls)).map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(made.lines).toEqual(['warn: acquirer is not called for now']);
    expect(stateOf(made)).toBe('ACQUIRER_DOWN');
    expect(await made.acquirer.start(order, signal)).toEqual({ kind: 'unheard' });
    expect(told.started).toHaveLength(50);
  });
});

describe('An acquirer that is down', () => {
  it('is not called: what was to be sent is unheard of, and questions have no answer', async () => {
    const { acquirer, told } = await guardedAndDown();
    told.onAsk(answered);
    expect(await acquirer.start(order, signal)).toEqual({ kind: 'unheard' });
    expect(await acquirer.move(movement, signal)).toEqual({ kind: 'unheard' });
    await expect(acquirer.status(order.reference, signal)).rejects.toThrow(AcquirerNotCalled);
    await expect(acquirer.movementStatus(movement.reference, signal)).rejects.toThrow(AcquirerNotCalled);
    await expect(acquirer.cancel(order.reference, signal)).rejects.toThrow(AcquirerNotCalled);
    expect([...told.started, ...told.moved, ...told.asked, ...told.askedMovements, ...told.stopped]).toEqual([]);
  });

  it('is down for every channel, whatever the hour, and nobody knows until when', async () => {
    const told = createToldAcquirer();
    told.onAsk(down);
    const made = guarded({ ...told, unavailability: () => ({ reason: 'OUTSIDE_HOURS', until: noon }) });
    await bringDown(made);
    expect(made.acquirer.unavailability('nest', noon)).toEqual({ reason: 'ACQUIRER_DOWN' });
  });

  it('still tells what it knows of itself: its notifications and its day file', async () => {
    const { acquirer } = await guardedAndDown();
    const body = JSON.stringify({ reference: 'a', kind: 'failed' });
    expect(acquirer.readNotification({ headers: new Headers(), body })).toMatchObject({ reference: 'a' });
    expect(await acquirer.dayFile({ from: noon, before: noon }, signal)).toEqual([]);
  });

  it('is counted and shown to those who watch', async () => {
    const { acquirer, metrics } = await guardedAndDown();
    await acquirer.start(order, signal);
    const page = await metrics.write();
    expect(page).toContain('bramka_acquirer_up{acquirer="sandbox-blik"} 0\n');
    expect(page).toContain(
      'bramka_acquirer_calls_total{acquirer="sandbox-blik",call="status",outcome="failed"} 5\n' +
        'bramka_acquirer_calls_total{acquirer="sandbox-blik",call="start",outcome="not_made"} 1\n',
    );
  });
});

describe('After ten seconds', () => {
  it('the guard asks about an order that nobody has, and any answer brings the acquirer back', async () => {
    const made = await guardedAndDown();
    const { told, metrics } = made;
    told.onAsk({ kind: 'unheard' });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(told.asked).toEqual([]);
    expect(stateOf(made)).toBe('ACQUIRER_DOWN');
    await vi.advanceTimersByTimeAsync(1);
    expect(told.asked.map(isUuid)).toEqual([true]);
    expect(stateOf(made)).toBe('UP');
    expect(made.lines).toEqual(['warn: acquirer is not called for now', 'info: acquirer answers again']);
    expect((await made.acquirer.start(order, signal)).kind).toBe('pending');
    const page = await metrics.write();
    expect(page).toContain('bramka_acquirer_up{acquirer="sandbox-blik"} 1\n');
    expect(page).toContain('{acquirer="sandbox-blik",call="probe",outcome="answered"} 1\n');
  });

  it('payers are not sent to see whether it is back, only the one question is', async () => {
    const asking = Promise.withResolvers<{ kind: 'unheard' }>();
    const told = createToldAcquirer();
    const asked: string[] = [];
    const made = guarded({
      ...told,
      status: (reference) => {
        asked.push(reference);
        return reference === 'nobody' ? Promise.reject(down) : asking.promise;
      },
    });
    await bringDown(made);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await made.acquirer.start(order, signal)).toEqual({ kind: 'unheard' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await made.acquirer.start(order, signal)).toEqual({ kind: 'unheard' });
    expect(stateOf(made)).toBe('ACQUIRER_DOWN');
    expect(asked).toHaveLength(6);
    asking.resolve({ kind: 'unheard' });
    await vi.advanceTimersByTimeAsync(0);
    expect(stateOf(made)).toBe('UP');
    expect(told.started).toEqual([]);
  });

  it('a failure begins another ten seconds, as often as it takes', async () => {
    const made = await guardedAndDown();
    const { told } = made;
    for (let round = 1; round <= 7; round += 1) {
      await vi.advanceTimersByTimeAsync(10_000);
      expect(told.asked).toHaveLength(round);
      expect(stateOf(made)).toBe('ACQUIRER_DOWN');
    }
    told.onAsk(answered);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(stateOf(made)).toBe('UP');
    expect(new Set(told.asked).size).toBe(8);
    expect(made.lines).toEqual(['warn: acquirer is not called for now', 'info: acquirer answers again']);
  });

  it('a question that is never answered is given up, and another one is asked', async () => {
    const given: AbortSignal[] = [];
    const made = guarded(
      {
        ...createToldAcquirer(),
        status: (reference, patience) => {
          if (reference === 'nobody') return Promise.reject(down);
          given.push(patience);
          return new Promise(() => {});
        },
      },
      { timeoutMs: 1 },
    );
    await bringDown(made);
    await vi.advanceTimersByTimeAsync(10_000);
    const [first] = given;
    if (first?.aborted === false) await once(first, 'abort');
    await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(given).toHaveLength(2);
  });

  it('an old failure does not count any more', async () => {
    const made = await guardedAndDown();
    made.told.onAsk(answered);
    await vi.advanceTimersByTimeAsync(10_000);
    made.told.onAsk(down);
    for (let count = 0; count < 4; count += 1) await made.acquirer.status('a', signal).catch(() => {});
    expect(stateOf(made)).toBe('UP');
    await made.acquirer.status('a', signal).catch(() => {});
    expect(stateOf(made)).toBe('ACQUIRER_DOWN');
  });
});

describe('A gateway that stops', () => {
  it.each([['up'], ['down']])(
    'leaves no timer behind, and makes no call any more, when the acquirer is %s',
    async (at) => {
      const made = at === 'down' ? await guardedAndDown() : guarded(createToldAcquirer());
      expect(vi.getTimerCount()).toBeGreaterThan(0);
      made.acquirer.shutDown();
      expect(vi.getTimerCount()).toBe(0);
      expect(await made.acquirer.start(order, signal)).toEqual({ kind: 'unheard' });
    },
  );

  it('ends the question that is on its way', async () => {
    const given: AbortSignal[] = [];
    const made = guarded({
      ...createToldAcquirer(),
      status: (reference, patience) => {
        if (reference === 'nobody') return Promise.reject(down);
        given.push(patience);
        return new Promise(() => {});
      },
    });
    await bringDown(made);
    await vi.advanceTimersByTimeAsync(10_000);
    made.acquirer.shutDown();
    expect(given.map(({ aborted }) => aborted)).toEqual([true]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
