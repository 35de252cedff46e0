import type { Prisma } from '../../kernel/db/generated/prisma/client.ts';

type Given = {
  readonly billing?: unknown;
  readonly shipping?: unknown;
  readonly invoice?: unknown;
  readonly cart?: unknown;
  readonly cid?: string | undefined;
};

/** Takes out of a body what only some methods need, and is kept as it was given; undefined when there is nothing. */
export function keptDocuments({ billing, shipping, invoice, cart, cid }: Given): Prisma.JsonObject | undefined {
  const text = JSON.stringify({ billing, shipping, invoice, cart, customerId: cid });
  return text === '{}' ? undefined : (JSON.parse(text) as Prisma.JsonObject);
}
