/** How a process ended that was not told to. */
export type Death = {
  /** How long it had been ready; undefined: it never was. */
  readonly readyForMs: number | undefined;
};

/** What is done about a death: after a pause another one is started, or it is no use. */
export type Remedy = { readonly afterMs: number } | 'give up';

const shortestMs = 100;
const longestMs = 10_000;
/** Who has lived so long does not die of what he was started with. */
const healthyMs = 60_000;
const startsMax = 5;

/**
 * Makes the rule for one place among the processes: pauses double from 0.1 up to 10 seconds, and begin anew after a
 * minute of good life. After five starts of which none came to be ready it gives up. Once one was, it never does: the
 * settings are good ones, and what is wrong now, as a database that is away, passes while the other processes go on.
 */
export function paceRestarts(): (death: Death) => Remedy {
  let deaths = 0;
  let wasReady = false;
  return ({ readyForMs }) => {
    wasReady ||= readyForMs !== undefined;
    deaths = readyForMs !== undefined && readyForMs >= healthyMs ? 1 : deaths + 1;
    if (!wasReady && deaths >= startsMax) return 'give up';
    return { afterMs: Math.min(longestMs, shortestMs * 2 ** (deaths - 1)) };
  };
}
