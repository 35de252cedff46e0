import { type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * The structured log on stderr. Fields that could hold a secret are removed whatever their depth in headers or input;
 * card data never reaches it.
 */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      serializers: { err: describeError },
      redact: {
        paths: ['authorization', '*.authorization', 'cookie', '*.cookie', 'serviceKey', '*.serviceKey'],
        censor: '[removed]',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}

/** Of an error only its words: libraries hang connections, requests and statements on theirs, with all they hold. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? { code: String(error.code) } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}
