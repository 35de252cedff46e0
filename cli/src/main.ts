import { constants } from 'node:os';
import { BramkaError, createClient } from '@bramka/client';
import { CommanderError } from 'commander';
import { adviceFor } from './advice-for.ts';
import { createProgram } from './create-program.ts';
import { NotDone, WrongUse } from './errors.ts';
import { type CommonOptions, type Environment, readSettings } from './read-settings.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/**
 * Runs `bramka`.
 * @returns its exit code: 0 when it did what was asked, which for one that goes on for ever is until it is told to stop; 1 when
 * it could not, and 2 when it was used wrongly: why has been said in one sentence on stderr; 128 and the number of a signal that
 * ended it before it was done.
 */
export async function main(argv: readonly string[], env: Environment): Promise<number> {
  const ending = new AbortController();
  endOnSignals(ending);
  let unwritten: Error | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads no further, as `head` does, has what he wanted.
    if (error.code === 'EPIPE') process.exit(0);
    unwritten = error;
  });
  const open = async (options: CommonOptions): Promise<Terminal> => {
    const settings = await readSettings(options, env);
    const client = openClient(settings);
    return createTerminal({ client, settings, signal: ending.signal, json: options.json ?? false });
  };
  const code = await createProgram(open)
    .parseAsync([...argv])
    .then(
      () => 0,
      // What was not done although it was told to stop is said: a place that could not be kept after the last post.
      (error: unknown) =>
        ending.signal.aborted && !(error instanceof NotDone) ? codeOf(ending.signal.reason) : explain(error),
    );
  // What could not be written of the help is told a moment later.
  await new Promise(setImmediate);
  return unwritten && code === 0 ? explain(unwritten) : code;
}

/** Within so many milliseconds a second signal is the first one: npx hands on what the terminal has sent to both. */
const sameMs = 500;

function endOnSignals(ending: AbortController): void {
  let since = Number.POSITIVE_INFINITY;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // Whoever tells it twice does not want to wait for anything.
      if (performance.now() - since > sameMs) process.exit(codeOf(name));
      if (!ending.signal.aborted) since = performance.now();
      ending.abort(name);
    });
  }
}

function codeOf(signal: 'SIGINT' | 'SIGTERM'): number {
  return 128 + constants.signals[signal];
}

function openClient({ url, apiKey }: { readonly url: string; readonly apiKey: string }) {
  try {
    // Somebody waits at the terminal, so pauses grow to a few seconds only.
    return createClient({ url, apiKey, pauses: { firstMs: 250, longestMs: 3_000 } });
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error));
  }
}

function signsOf({ code, reference }: BramkaError): string {
  return reference === undefined ? code : `${code}, reference ${reference}`;
}

/** Says what went wrong. @returns the exit code. */
function explain(error: unknown): number {
  // Commander has said it, and the help is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof BramkaError) process.stderr.write(`${error.message}${adviceFor(error)} (${signsOf(error)})\n`);
  else if (error instanceof WrongUse || error instanceof NotDone) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  return error instanceof WrongUse ? 2 : 1;
}
