import { type DocumentNode, GraphQLError, parse, validate } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { Engine } from '../../src/graphql/engine.ts';
import { createErrorMask } from '../../src/graphql/mask-error.ts';
import { pushResults } from '../../src/graphql/push-results.ts';
import {
  type Connection,
  endOperation,
  endOperations,
  type OperationDeps,
  openConnection,
  operationsPerSocketMax,
  runOperation,
  whenAnswered,
} from '../../src/graphql/run-operation.ts';
import { schema } from '../../src/graphql/schema.ts';
import type { Delivery, Result } from '../../src/graphql/share-results.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { type Source, sourceOf } from '../../src/kernel/source.ts';

const failure = new Error('password of the database');
const payload = { query: 'subscription { events(shopId: "1") { cursor } }' };

/** A socket that keeps what is sent, and what runs its operations, which the test lets go wrong. */
function world(wrong: Partial<OperationDeps>, data: object = { amount: 1n }) {
  const sent: unknown[] = [];
  const socket = {
    ...{ readyState: 1, OPEN: 1, bufferedAmount: 0 },
    send: (text: string) => sent.push(JSON.parse(text)),
    terminate: () => {
      socket.readyState = 3;
    },
  };
  const actor = { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set<never>() };
  const connection = openConnection({
    socket: socket as unknown as WebSocket,
    address: '127.0.0.1',
    holder: { actor, authorization: 'Bearer one' },
  });
  const execute = async () => ({ data });
  const engine = {
    ...{ schema, execute, contextOf: () => ({}), parse: (text: string) => parse(text) },
    validate: (document: DocumentNode) => validate(schema, document),
  };
  const deps: OperationDeps = {
    engine: engine as unknown as Engine,
    subscriptions: { subscribe: async () => ({ errors: [new GraphQLError('not asked')] }) },
    limits: { ofKey: async () => undefined },
    maskError: createErrorMask(createLog('silent'), createMetrics()),
    ...wrong,
  };
  return { deps, connection, socket, sent };
}

const masked = {
  message: 'Something went wrong on our side; the reference helps us to find it.',
  extensions: { code: 'INTERNAL_SERVER_ERROR', reference: expect.any(String) },
};

const resultOf = (data: number): Result => ({ json: JSON.stringify({ data }), isLast: false });

/** Deliveries of which the test makes one, and sees the end. */
function scripted(result: Result | Promise<Result>) {
  let [given, ended] = [false, 0];
  let waiting = (): void => {};
  const deliveries = sourceOf<Delivery>({
    take: () => {
      if (ended > 0) return { done: true, value: undefined };
      if (given) return undefined;
      given = true;
      return { done: false, value: { event: undefined, result } };
    },
    wait: (look) => {
      waiting = look;
    },
    end: () => {
      ended += 1;
      waiting();
    },
  });
  return { deliveries, ended: () => ended };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('An operation that its client ends', () => {
  it.each([
    ['alone', (connection: Connection) => endOperation(connection, '1')],
    ['with its socket', endOperations],
  ])('%s while it begins is ended, and nothing is said', async (_, leave) => {
    const begun = Promise.withResolvers<Source<Delivery>>();
    const { deps, connection, sent } = world({ subscriptions: { subscribe: () => begun.promise } });
    const { deliveries, ended } = scripted(resultOf(1));
    const running = runOperation(deps, connection, { id: '1', payload });
    await turn();
    leave(connection);
    begun.resolve(deliveries);
    await running;
    await turn();
    expect([ended(), connection.operations.size, sent]).toEqual([1, 0, []]);
  });

  it('while a result is made sends it under the id of no other', async () => {
    const result = Promise.withResolvers<Result>();
    const first = scripted(result.promise);
    const second = scripted(resultOf(2));
    const subscribe = vi.fn().mockResolvedValueOnce(first.deliveries).mockResolvedValueOnce(second.deliveries);
    const { deps, connection, sent } = world({ subscriptions: { subscribe } });
    await runOperation(deps, connection, { id: '1', payload });
    endOperation(connection, '1');
    await runOperation(deps, connection, { id: '1', payload });
    result.resolve(resultOf(1));
    await turn();
    expect(sent).toEqual([{ id: '1', type: 'next', payload: { data: 2 } }]);
    expect([first.ended(), second.ended(), connection.operations.size]).toEqual([1, 0, 1]);
  });

  it('counts on its socket as long as it runs all the same', async () => {
    const begun = Promise.withResolvers<undefined>();
    const { deps, connection, sent } = world({ limits: { ofKey: () => begun.promise } }, {});
    const run = (id: string) =>
      runOperation(deps, connection, { id, payload: { query: '{ viewer { merchant { id } } }' } });
    const running = Array.from({ length: operationsPerSocketMax }, (_, count) => {
      const done = run(`${count}`);
      endOperation(connection, `${count}`);
      return done;
    });
    await run('more');
    const tooMany = { id: 'more', type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] };
    expect(sent).toMatchObject([tooMany]);
    begun.resolve(undefined);
    await Promise.all(running);
    await run('more');
    expect(sent).toMatchObject([tooMany, { id: 'more', type: 'next' }, { id: 'more', type: 'complete' }]);
  });
});

describe('A socket that is to be closed', () => {
  const query = { query: '{ viewer { merchant { id } } }' };

  it('is closed when the last of its queries and mutations is answered, and its subscriptions end without a word', async () => {
    const waits = [1, 2, 3].map(() => Promise.withResolvers<undefined>());
    const ofKey = vi.fn().mockResolvedValueOnce(undefined);
    for (const { promise } of waits) ofKey.mockReturnValueOnce(promise);
    const live = scripted(resultOf(1));
    const late = scripted(resultOf(2));
    const subscribe = vi.fn().mockResolvedValueOnce(live.deliveries).mockResolvedValueOnce(late.deliveries);
    const { deps, connection, sent } = world({ limits: { ofKey }, subscriptions: { subscribe } }, {});
    await runOperation(deps, connection, { id: 'live', payload });
    const running = [query, query, payload].map((asked, index) =>
      runOperation(deps, connection, { id: `${index}`, payload: asked }),
    );
    whenAnswered(connection, () => sent.push({ id: 'closed' }));
    for (const [index, { resolve }] of waits.entries()) {
      resolve(undefined);
      await running[index];
    }
    expect(sent.map((frame) => (frame as { id: string }).id)).toEqual(['live', '0', '0', '1', '1', 'closed']);
    expect([live.ended() > 0, late.ended() > 0, connection.operations.size]).toEqual([true, true, 0]);
  });

  it('does not wait for what its client has ended, nor takes its id from another operation', async () => {
    const [subscribed, answered] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const ofKey = vi.fn().mockReturnValueOnce(subscribed.promise).mockReturnValue(answered.promise);
    const { deliveries } = scripted(resultOf(1));
    const subscriptions = { subscribe: async () => deliveries };
    const { deps, connection, sent } = world({ limits: { ofKey }, subscriptions }, {});
    const first = runOperation(deps, connection, { id: '1', payload });
    endOperation(connection, '1');
    const second = runOperation(deps, connection, { id: '1', payload: query });
    const close = vi.fn();
    whenAnswered(connection, close);
    subscribed.resolve(undefined);
    await first;
    expect([connection.operations.size, close.mock.calls.length]).toEqual([1, 0]);
    endOperation(connection, '1');
    expect(close).toHaveBeenCalled();
    answered.resolve(undefined);
    await second;
    expect([sent, connection.abandoned]).toEqual([[], 0]);
  });
});

describe('A socket that is asked on and on and not read', () => {
  const query = { query: '{ viewer { merchant { id } } }' };

  it('is cut off by an answer, and the others under way are not even written', async () => {
    const { deps, connection, socket, sent } = world({}, {});
    const written = vi.fn(() => 'x');
    const execute = async () => ({ data: { toJSON: written } });
    const busy = { ...deps, engine: { ...deps.engine, execute } as unknown as Engine };
    socket.bufferedAmount = 8_388_608;
    await runOperation(busy, connection, { id: '1', payload: query });
    expect([socket.readyState, written.mock.calls.length, sent.length]).toEqual([1, 1, 2]);
    socket.bufferedAmount += 1;
    await Promise.all(['2', '3'].map((id) => runOperation(busy, connection, { id, payload: query })));
    expect([socket.readyState, written.mock.calls.length, sent.length]).toEqual([3, 1, 2]);
    expect(connection.operations.size).toBe(0);
  });
});

describe('An operation that fails by a fault of ours', () => {
  it('before it begins is refused alone, without the words of the fault', async () => {
    const { deps, connection, sent } = world({
      limits: {
        ofKey: async () => {
          throw failure;
        },
      },
    });
    await runOperation(deps, connection, { id: '1', payload });
    expect(sent).toEqual([{ id: '1', type: 'error', payload: [masked] }]);
    expect(connection.operations.size).toBe(0);
  });

  it('because its result cannot be written is refused as well', async () => {
    const { deps, connection, sent } = world({});
    await runOperation(deps, connection, { id: '1', payload: { query: '{ viewer { merchant { id } } }' } });
    expect(sent).toEqual([{ id: '1', type: 'error', payload: [masked] }]);
    expect(connection.operations.size).toBe(0);
  });

  it('while a result is made is ended, without the words of the fault', async () => {
    const result = Promise.withResolvers<Result>();
    const { deliveries, ended } = scripted(result.promise);
    const { deps, connection, sent } = world({ subscriptions: { subscribe: async () => deliveries } });
    await runOperation(deps, connection, { id: '1', payload });
    result.reject(failure);
    await turn();
    expect(sent).toEqual([{ id: '1', type: 'error', payload: [masked] }]);
    expect([ended(), connection.operations.size]).toEqual([1, 0]);
  });

  it('while it is followed is ended, without the words of the fault', async () => {
    let ended = 0;
    const broken = sourceOf<never>({
      take: () => {
        throw failure;
      },
      wait: queueMicrotask,
      end: () => {
        ended += 1;
      },
    });
    const { deps, connection, sent } = world({ subscriptions: { subscribe: async () => broken } });
    await runOperation(deps, connection, { id: '1', payload });
    await expect.poll(() => sent).toEqual([{ id: '1', type: 'error', payload: [masked] }]);
    expect([ended, connection.operations.size]).toEqual([1, 0]);
  });

  it('so that its end cannot be told is cut off with its socket, and holds up nobody', () => {
    const terminate = vi.fn();
    const { deliveries } = scripted(resultOf(1));
    deliveries.end();
    const onEnd = (): void => {
      throw failure;
    };
    const socket = { terminate } as unknown as WebSocket;
    pushResults({ socket, id: '1', isWanted: () => true, onEnd }, deliveries);
    expect(terminate).toHaveBeenCalledTimes(1);
  });
});
