import { GraphQLError, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import type { Yoga } from '../../src/graphql/create-yoga.ts';
import { createErrorMask } from '../../src/graphql/mask-error.ts';
import { type Connection, type OperationDeps, runOperation } from '../../src/graphql/run-operation.ts';
import { schema } from '../../src/graphql/schema.ts';
import { createLog } from '../../src/kernel/log.ts';
import { sourceOf } from '../../src/kernel/source.ts';

const failure = new Error('password of the database');
const payload = { query: 'subscription { events(shopId: "1") { cursor } }' };

/** A socket that keeps what is sent, and what runs its operations, which the test lets go wrong. */
function world(wrong: Partial<OperationDeps>) {
  const sent: unknown[] = [];
  const socket = { readyState: 1, OPEN: 1, bufferedAmount: 0, send: (text: string) => sent.push(JSON.parse(text)) };
  const actor = { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set<never>() };
  const connection: Connection = {
    socket: socket as unknown as WebSocket,
    address: '127.0.0.1',
    holder: { actor, authorization: 'Bearer one' },
    operations: new Map(),
  };
  const engine = { schema, parse, validate, contextFactory: async () => ({}) };
  const deps: OperationDeps = {
    yoga: { getEnveloped: () => engine } as unknown as Yoga,
    subscriptions: { subscribe: async () => ({ errors: [new GraphQLError('not asked')] }) },
    limits: { ofKey: async () => undefined },
    maskError: createErrorMask(createLog('silent')),
    ...wrong,
  };
  return { deps, connection, sent };
}

const masked = {
  message: 'Something went wrong on our side; the reference helps us to find it.',
  extensions: { code: 'INTERNAL_SERVER_ERROR', reference: expect.any(String) },
};

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

  it('while it is followed is ended, without the words of the fault', async () => {
    let ended = 0;
    const broken = sourceOf<never>({
      take: () => {
        throw failure;
      },
      more: async () => {},
      end: () => {
        ended += 1;
      },
    });
    const { deps, connection, sent } = world({ subscriptions: { subscribe: async () => broken } });
    await runOperation(deps, connection, { id: '1', payload });
    await expect.poll(() => sent).toEqual([{ id: '1', type: 'error', payload: [masked] }]);
    expect([ended, connection.operations.size]).toEqual([1, 0]);
  });
});
