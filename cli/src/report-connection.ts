import type { BramkaError } from '@bramka/client';

/**
 * Says why a connection is away and when it is tried again, and once it is there that it is; at the first one what `begins`, if
 * that is given. One that was put down and taken up again, as no more could be kept meanwhile, is no news.
 */
export function reportConnection(
  say: (sentence: string) => void,
  begins?: string,
): { onConnect(): void; onRetry(error: BramkaError, pauseMs: number): void } {
  let news = begins;
  return {
    onConnect: () => {
      if (news !== undefined) say(news);
      news = undefined;
    },
    onRetry: (error, pauseMs) => {
      news ??= 'Connected again.';
      say(`${error.message} Trying again in ${(pauseMs / 1_000).toFixed(1)} s.`);
    },
  };
}
