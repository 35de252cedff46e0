import { readFileSync } from 'node:fs';
import type { Currency } from '@bramka/client';
import { Command, InvalidArgumentError, Option } from 'commander';
import { forms } from './forward-events.ts';
import { type ListenOptions, listen } from './listen.ts';
import { type LogsOptions, logs } from './logs.ts';
import { type PayOptions, pay } from './pay.ts';
import type { CommonOptions } from './read-settings.ts';
import { recipes } from './recipes.ts';
import type { Terminal } from './terminal.ts';
import { trigger } from './trigger.ts';

/** Makes a command ready to ask the gateway that its options, the environment or `demo.json` name. */
type Open = (options: CommonOptions) => Promise<Terminal>;

const currencies: readonly Currency[] = ['PLN', 'EUR', 'GBP', 'USD', 'CHF', 'CZK', 'HUF', 'RON'];

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const environmentHelp = `
Settings: right after \`npm start\` none are needed, since .bramka/demo.json has them. For another gateway set
  BRAMKA_URL, BRAMKA_API_KEY and BRAMKA_SHOP_ID, and for \`listen --forward\` BRAMKA_SERVICE_KEY or BRAMKA_WEBHOOK_SECRET.
  There is no option for a key: others on this machine could read it in the list of processes.`;

/** Puts the commands together. Wrong use throws CommanderError when it has been explained. */
export function createProgram(open: Open): Command {
  const program = new Command('bramka')
    .description('Listens to a shop of a Bramka gateway, makes payments, and shows what was sent to the shop.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help says how it is used)')
    .addHelpText('after', environmentHelp);
  addListen(program, open);
  addPay(program, open);
  addTrigger(program, open);
  addLogs(program, open);
  return program;
}

function addCommon(command: Command): Command {
  return command
    .option('--url <address>', 'the gateway, instead of BRAMKA_URL or demo.json')
    .option('--shop <id>', 'the shop, instead of BRAMKA_SHOP_ID or demo.json')
    .option('--key-file <file>', 'a file with the API key, instead of BRAMKA_API_KEY or demo.json')
    .option('--data-dir <folder>', 'where demo.json is, instead of BRAMKA_DATA_DIR or .bramka')
    .option('--json', 'print one JSON object a line, for programs');
}

function addListen(program: Command, open: Open): void {
  addCommon(program.command('listen'))
    .description("print a shop's events, or post them to a local server, going on where it was left")
    .option('--forward <address>', 'post each event there, as the webhook of the shop would')
    .addOption(new Option('--form <form>', 'what --forward posts (default: "imoje")').choices(forms))
    .option('--types <list>', 'only these kinds: PAYMENT_SETTLED,REFUND_SETTLED', kinds)
    .option('--after <cursor>', 'begin behind this event')
    .option('--from-start', 'begin with the first event behind which all are kept')
    .option('--place <file>', 'where the place is kept, instead of a file in the data dir')
    .action(async (options: ListenOptions & CommonOptions) => listen(await open(options), options));
}

function addPay(program: Command, open: Open): void {
  addCommon(program.command('pay'))
    .description('make a payment and print its address; in the sandbox also pay it, by BLIK')
    .option('--amount <minor-units>', '12345 is 123.45', amount, 1_234)
    .addOption(new Option('--currency <code>', 'ISO 4217').choices(currencies).default('PLN'))
    .option('--order <id>', "the shop's own number")
    .option('--title <text>', 'what the payer reads')
    .option('--blik <code>', 'docs/test-codes.md says what each does', sixDigits, '123456')
    .option('--no-pay', 'only make it')
    .option('--timeout <seconds>', 'how long to wait for the outcome', seconds, 60)
    .action(async (options: PayOptions & CommonOptions) => pay(await open(options), options));
}

function addTrigger(program: Command, open: Open): void {
  addCommon(program.command('trigger'))
    .description('make the sandbox produce an event, and print it')
    .argument('<event>', 'its kind, such as PAYMENT_SETTLED or payment.settled')
    .option('--timeout <seconds>', 'how long to wait for it', seconds, 60)
    .addHelpText('after', `\nEvents: ${Object.keys(recipes).join(', ')}`)
    .action(async (event: string, options: CommonOptions & { readonly timeout: number }) =>
      trigger(await open(options), event, options),
    );
}

function addLogs(program: Command, open: Open): void {
  addCommon(program.command('logs'))
    .description('show the latest events of a shop and the latest tries to deliver its webhooks')
    .option('--lines <number>', 'how many, 1 to 100', linesOf, 20)
    .option('-f, --follow', 'go on with new ones')
    .action(async (options: LogsOptions & CommonOptions) => logs(await open(options), options));
}

function wholeNumber(text: string, most: number, what = ''): number {
  const number = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  throw new InvalidArgumentError(`It must be a whole number${what} from 1 to ${most}.`);
}

function amount(text: string): number {
  return wholeNumber(text, 999_999_999, ' of minor units (1250 is 12.50)');
}

function linesOf(text: string): number {
  return wholeNumber(text, 100);
}

/** Of up to a day. */
function seconds(text: string): number {
  return wholeNumber(text, 86_400);
}

function sixDigits(text: string): string {
  if (!/^\d{6}$/.test(text)) throw new InvalidArgumentError('A BLIK code has six digits.');
  return text;
}

function kinds(text: string): string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('Name at least one kind of event.');
  return names;
}
