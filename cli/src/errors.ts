/** The command was used wrongly, or lacks a setting: said in one sentence, with exit code 2. */
export class WrongUse extends Error {}

/** It could not be done: said in one sentence, with exit code 1. */
export class NotDone extends Error {}

/** Why `fetch` had no answer: the code of the system or of TLS (ECONNREFUSED), or a few words where there is none. */
export function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { readonly cause?: Partial<NodeJS.ErrnoException> };
  return cause?.code ?? cause?.message ?? message;
}
