import type { z } from 'zod';
import type { Actor } from '../../auth/actor.ts';
import type { HttpDeps } from '../../http/deps.ts';
import { BodyInvalid, type FieldProblem } from './errors.ts';

/** One call of the REST door, its token and its body already known to be good. */
export type RestCall<Body> = {
  readonly deps: HttpDeps;
  readonly actor: Actor;
  /** What stands in the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  /** imoje has no idempotency keys: the header `Idempotency-Key` if a client sends one, else new with every call. */
  readonly idempotencyKey: string;
};

/** An endpoint of the REST door as data: the routes are made from it. */
export type Endpoint = {
  readonly method: 'get' | 'post' | 'delete';
  /** Below `/v1/merchant/{merchantId}`. */
  readonly path: string;
  /** The name under which a refusal of it is kept as evidence; undefined where no money moves. */
  readonly moves?: string | undefined;
  /** Reads the body and answers; anything it throws but a refusal is our bug. */
  answer(call: RestCall<unknown>): Promise<object>;
};

/** Makes an endpoint that reads a body by a schema; unknown fields are passed over. */
export function endpoint<Schema extends z.ZodType>(
  facts: Pick<Endpoint, 'method' | 'path' | 'moves'>,
  schema: Schema,
  work: (call: RestCall<z.output<Schema>>) => Promise<object>,
): Endpoint {
  return {
    ...facts,
    answer: (call) => {
      const read = schema.safeParse(call.body, {
        error: ({ input }) => (input === undefined ? 'Is required.' : undefined),
      });
      if (!read.success) throw new BodyInvalid(read.error.issues.map(problemOf));
      return work({ ...call, body: read.data });
    },
  };
}

function problemOf({ path, code, message }: z.core.$ZodIssue): FieldProblem {
  return { path: path.map(String).join('.'), rule: code, message };
}
