import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import type { Log } from '../kernel/log.ts';
import type { AcquirerCall, Metrics } from '../kernel/metrics.ts';
import { type Acquirer, AcquirerNotCalled } from './port.ts';

/** What a guard is made of. */
export type GuardDeps = {
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'acquirerCalled' | 'acquirerUp'>;
  /** How long the acquirer may take to answer the guard's own question, in milliseconds. */
  readonly timeoutMs: number;
  /** How long nobody calls before the guard asks whether the acquirer is back; undefined: 10 seconds. */
  readonly probeAfterMs?: number;
};

/** An acquirer that is called only while it answers. */
export type GuardedAcquirer = Acquirer & {
  /** Ends the guard's own questions and timers; from then on no call is made. */
  shutDown(): void;
};

/** Fewer failures may be the bad luck of single orders: at most so many payers wait for a time-out in vain. */
const failuresMin = 5;

/** What happened longer ago says nothing of now: ten times the time-out of a call. */
const windowMs = 30_000;

/** In how many steps the window moves on. */
const windowSteps = 10;

/** Long enough for a restart over there, short enough that a payer who stays on the page sees the method come back. */
const defaultProbeAfterMs = 10_000;

/**
 * Guards an acquirer with a circuit breaker (docs/decisions/0015-an-acquirer-that-does-not-answer-is-left-alone.md). A
 * call that throws has failed; any answer, also a refusal, has not. Once 5 calls have failed within 30 seconds, and at
 * least as many as were answered, no calls are made: its channels are unavailable with ACQUIRER_DOWN, `start` and `move`
 * say `unheard`, which is true of what was never sent, and questions throw AcquirerNotCalled. After 10 seconds, and then
 * again and again, the guard asks about an order that nobody has; any answer ends the pause. Payers are never the probe.
 * Each process has a guard of its own. Notifications and day files pass by it.
 */
export function guardAcquirer(acquirer: Acquirer, deps: GuardDeps): GuardedAcquirer {
  const stopping = new AbortController();
  const { breaker, stop } = createBreaker(acquirer.name, deps);
  const call = async <Answer>(name: AcquirerCall, ask: () => Promise<Answer>): Promise<Answer> => {
    const told = { acquirer: acquirer.name, call: name };
    try {
      const answer = await breaker.fire(ask);
      deps.metrics.acquirerCalled({ ...told, outcome: 'answered' });
      return answer as Answer;
    } catch (error) {
      const isMade = !(error instanceof Error && CircuitBreaker.isOurError(error));
      deps.metrics.acquirerCalled({ ...told, outcome: isMade ? 'failed' : 'not_made' });
      throw isMade ? error : new AcquirerNotCalled(acquirer.name);
    }
  };
  breaker.on('halfOpen', () => {
    // Begun within the event, so that no other call can take the one place there is.
    const signal = AbortSignal.any([AbortSignal.timeout(deps.timeoutMs), stopping.signal]);
    call('probe', () => Promise.race([acquirer.status(randomUUID(), signal), endOf(signal)])).catch(() => {});
  });
  return {
    ...acquirer,
    unavailability: (channel, now) =>
      breaker.closed ? acquirer.unavailability(channel, now) : { reason: 'ACQUIRER_DOWN' },
    start: (order, signal) => call('start', () => acquirer.start(order, signal)).catch(unheardUnlessCalled),
    status: (reference, signal) => call('status', () => acquirer.status(reference, signal)),
    cancel: (reference, signal) => call('cancel', () => acquirer.cancel(reference, signal)),
    move: (order, signal) => call('move', () => acquirer.move(order, signal)).catch(unheardUnlessCalled),
    movementStatus: (reference, signal) => call('movement_status', () => acquirer.movementStatus(reference, signal)),
    shutDown: () => {
      stopping.abort(new Error('The gateway stops.'));
      stop();
    },
  };
}

type Breaker = CircuitBreaker<[() => Promise<unknown>], unknown>;

/** The library keeps the states, the window and the pause; when to open is our own rule, since its own counts calls that still run. */
function createBreaker(name: string, deps: GuardDeps): { readonly breaker: Breaker; readonly stop: () => void } {
  const window = new EventEmitter();
  const moveOn = setInterval(() => window.emit('rotate'), windowMs / windowSteps).unref();
  const breaker: Breaker = new CircuitBreaker((ask: () => Promise<unknown>) => ask(), {
    name,
    // The caller's signal ends a call.
    timeout: false,
    resetTimeout: deps.probeAfterMs ?? defaultProbeAfterMs,
    errorThresholdPercentage: Number.POSITIVE_INFINITY,
    rollingCountBuckets: windowSteps,
    rotateBucketController: window,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
  });
  let isDown = false;
  breaker.on('failure', (error) => {
    const { failures, successes } = breaker.stats;
    if (isDown || failures < failuresMin || failures < successes) return;
    isDown = true;
    deps.metrics.acquirerUp(name, false);
    deps.log.warn({ err: error, acquirer: name, failures, answers: successes }, 'acquirer is not called for now');
    breaker.open();
  });
  breaker.on('close', () => {
    isDown = false;
    // What failed before the pause must not open it again with the first failure after it.
    for (let step = 0; step < windowSteps; step += 1) window.emit('rotate');
    deps.metrics.acquirerUp(name, true);
    deps.log.info({ acquirer: name }, 'acquirer answers again');
  });
  deps.metrics.acquirerUp(name, true);
  return {
    breaker,
    stop: () => {
      clearInterval(moveOn);
      breaker.shutdown();
    },
  };
}

/** Fails when the signal is given: nobody else would end a pause whose question is never answered. */
function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** What was not sent never arrived. */
function unheardUnlessCalled(error: unknown): { readonly kind: 'unheard' } {
  if (error instanceof AcquirerNotCalled) return { kind: 'unheard' };
  throw error;
}
