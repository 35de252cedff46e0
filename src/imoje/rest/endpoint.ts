import type { z } from 'zod';
import type { Actor } from '../../auth/actor.ts';
import type { HttpDeps } from '../../http/deps.ts';
import type { RefusalCode } from '../../kernel/errors.ts';
import type { FieldNames } from '../rename-field.ts';
import { withoutEmpty } from '../take-empty-out.ts';
import { BodyInvalid, type FieldProblem } from './errors.ts';
import { sentenceOf } from './field-sentence.ts';

/** One call of the REST door, its token and its body already known to be good. */
export type RestCall<Body> = {
  readonly deps: HttpDeps;
  readonly actor: Actor;
  /** What stands in the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  /** imoje has no idempotency keys: the header `Idempotency-Key` if a client sends one, else new with every call. */
  readonly idempotencyKey: string;
  /** The IP address that the call comes from; `unknown` without a connection. */
  readonly address: string;
};

/** What the OpenAPI document says of an endpoint; tests hold every answer of it against this. */
export type EndpointAbout = {
  /** Unique among all: `createTransaction`. */
  readonly operationId: string;
  /** The section of the imoje protocol that it belongs to. */
  readonly section: EndpointSection;
  readonly summary: string;
  /** What it answers with 200. */
  readonly answers: z.ZodType;
  /** The reasons for which it refuses, beside those that any call may be refused for. */
  readonly refuses: readonly RefusalCode[];
  /** A body, where it reads one, and an answer to it. */
  readonly example: { readonly body?: object; readonly answer: object };
};

/** The sections, with the words that stand over their endpoints. */
export const endpointSections = {
  transactions: 'Pay from the shop’s own page, read, capture and release (sections 5.1 to 5.3).',
  payments: 'Payments with an address to send to the payer (section 6).',
  refunds: 'Money that goes back (section 7).',
  profiles: 'Stored cards and BLIK one-click (section 8).',
  discovery: 'What a shop offers (section 10).',
  settings: 'From where the merchant’s token is good (section 5.12).',
} as const;

export type EndpointSection = keyof typeof endpointSections;

/** An endpoint of the REST door as data: the routes are made from it. */
export type Endpoint = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Below `/v1/merchant/{merchantId}`. */
  readonly path: string;
  /** The name under which a refusal of it is kept as evidence; undefined where no money moves. */
  readonly moves?: string | undefined;
  readonly about: EndpointAbout;
  /** What it calls otherwise than the rest of the door, by the names of the verbs. */
  readonly names?: FieldNames | undefined;
  /** What a body has to be; `noBody` where none is read. */
  readonly body: z.ZodType;
  /** Reads the body and answers; anything it throws but a refusal is our bug. */
  answer(call: RestCall<unknown>): Promise<object>;
};

/** Makes an endpoint that reads a body by a schema; unknown fields are passed over. */
export function endpoint<Schema extends z.ZodType>(
  facts: Pick<Endpoint, 'method' | 'path' | 'moves' | 'about' | 'names'>,
  schema: Schema,
  work: (call: RestCall<z.output<Schema>>) => Promise<object>,
): Endpoint {
  return {
    ...facts,
    body: schema,
    answer: (call) => {
      const read = schema.safeParse(withoutEmpty(schema, call.body), { error: sentenceOf });
      if (!read.success) throw new BodyInvalid(read.error.issues.map(problemOf));
      return work({ ...call, body: read.data });
    },
  };
}

function problemOf({ path, code, message }: z.core.$ZodIssue): FieldProblem {
  return { path: path.map(String).join('.'), rule: code, message };
}
