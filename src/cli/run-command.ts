import { type ParseArgsConfig, parseArgs } from 'node:util';
import { StartError } from '../kernel/start-error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<Own extends Options> = ReturnType<typeof parseArgs<{ options: Own }>>['values'];

/** A command for whoever runs the gateway. */
export type Command<Own extends Options> = {
  /** How it is used, in one line. */
  readonly usage: string;
  /** What `--help` says; the usage alone if undefined. */
  readonly about?: string;
  /** Its options beside `--help`. */
  readonly options: Own;
  /** Whether it takes anything beside options, as names of files. */
  readonly takesOperands?: boolean;
  /** Does it, and gives the exit code. @throws StartError where one sentence says what is wrong. */
  run(values: Values<Own>, operands: readonly string[]): Promise<number>;
};

/** Runs a command with the arguments of this process. It ends with the code that the command gives, with 2 when it fails. */
export async function runCommand<const Own extends Options>(command: Command<Own>): Promise<void> {
  try {
    const given = readArguments(command);
    if (!given) console.log(command.about ?? command.usage);
    else process.exitCode = await command.run(given.values, given.operands);
  } catch (error) {
    console.error(error instanceof StartError ? error.message : error);
    process.exitCode = 2;
  }
}

type Given<Own extends Options> = { readonly values: Values<Own>; readonly operands: readonly string[] };

/** Gives the arguments, or undefined where help is asked for. @throws StartError when the command is used wrongly. */
function readArguments<Own extends Options>(command: Command<Own>): Given<Own> | undefined {
  const { usage, options, takesOperands = false } = command;
  try {
    const all = { ...options, help: { type: 'boolean' } } as const;
    const given = parseArgs({ options: all, allowPositionals: takesOperands });
    const { help, ...values } = given.values as Values<Own> & { readonly help?: boolean };
    return help ? undefined : { values: values as Values<Own>, operands: given.positionals };
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${usage}`);
  }
}
