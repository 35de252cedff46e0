import { parseArgs } from 'node:util';
import { StartError } from '../src/kernel/start-error.ts';

export type Options = {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** How many shops the payments are spread over; one comparison for each number. */
  readonly shops: readonly number[];
};

/**
 * Reads `--rounds N --seconds N --connections N --shops N,N` from the command line; what is left out is as given.
 * @throws StartError when something else is there.
 */
export function readOptions(args: readonly string[], usual: Options): Options {
  const values = parse(args);
  const one = (name: 'rounds' | 'seconds' | 'connections'): number =>
    values[name] === undefined ? usual[name] : wholeNumber(values[name], name);
  return {
    rounds: one('rounds'),
    seconds: one('seconds'),
    connections: one('connections'),
    shops: values.shops?.split(',').map((count) => wholeNumber(count, 'shops')) ?? usual.shops,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { rounds: text, seconds: text, connections: text, shops: text } })
      .values;
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(text: string, name: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new StartError(`--${name} takes whole numbers from 1 to 99999, not ${JSON.stringify(text)}.`);
}
