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
  /** Does it, and gives the exit code. @throws StartError where one sentence says what is wrong. */
  run(values: Values<Own>): Promise<number>;
};

/** Runs a command with the arguments of this process. It ends with the code that the command gives, with 2 when it fails. */
export async function runCommand<const Own extends Options>(command: Command<Own>): Promise<void> {
  try {
    const values = readOptions(command);
    if (!values) console.log(command.about ?? command.usage);
    else process.exitCode = await command.run(values);
  } catch (error) {
    console.error(error instanceof StartError ? error.message : error);
    process.exitCode = 2;
  }
}

/** Gives the options, or undefined where help is asked for. @throws StartError when the command is used wrongly. */
function readOptions<Own extends Options>({ usage, options }: Command<Own>): Values<Own> | undefined {
  try {
    const given = parseArgs({ options: { ...options, help: { type: 'boolean' } } }).values;
    const { help, ...values } = given as Values<Own> & { readonly help?: boolean };
    return help ? undefined : (values as Values<Own>);
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${usage}`);
  }
}
