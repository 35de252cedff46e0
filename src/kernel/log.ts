import { type DestinationStream, type Logger, pino } from 'pino';
import { hideCardNumbersIn, holdsCardNumber } from './card-numbers.ts';

export type Log = Logger;

/**
 * The structured log, on stderr unless another destination is given. Each line has the number of its process, since several
 * may write to one stream. Fields that could hold a secret are removed whatever their depth in headers or input. Card
 * numbers are taken out of the whole line just before it is written, since paths and the words of foreign errors may hold
 * them.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      serializers: { err: describeError },
      hooks: { streamWrite: withoutCardNumbers },
      redact: {
        paths: ['authorization', '*.authorization', 'cookie', '*.cookie', 'serviceKey', '*.serviceKey'],
        censor: '[removed]',
      },
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  );
}

function withoutCardNumbers(line: string): string {
  if (!holdsCardNumber(line)) return line;
  // A line stays JSON, so the numbers are taken out of its values.
  return `${JSON.stringify(hideCardNumbersIn(JSON.parse(line)))}\n`;
}

/**
 * Of an error only its words: libraries hang connections, requests and statements on theirs, with all they hold. Nor does it say
 * the values that were asked for.
 */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const message = withoutValues(error);
  // The stack begins with the words, in which there were values.
  const stack = message === error.message ? error.stack : error.stack?.split('\n').filter(isFrame).join('\n');
  const code = 'code' in error ? { code: String(error.code) } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { type: error.name, message, ...code, stack, ...cause };
}

function withoutValues(error: Error): string {
  // Prisma repeats the whole call, and says at its end what is wrong with it.
  if (error.name === 'PrismaClientValidationError') return error.message.trim().split('\n').at(-1) ?? '';
  // JSON.parse quotes the text, PostgreSQL the value that is none of its type (error class 22, data exception).
  const isOfValue = 'code' in error && /^22[\dA-Z]{3}$/.test(String(error.code));
  return error instanceof SyntaxError || isOfValue ? error.message.replace(/".*"/s, '"…"') : error.message;
}

function isFrame(line: string): boolean {
  return /^ +at /.test(line);
}
