export type Ending<Started> = {
  /** What was started; undefined when the start was given up since the process ends. Rejects when it failed. */
  readonly started: Promise<Started | undefined>;
  /** Stops the gateway and ends the process with this code; once begun, nothing begins it again. */
  end(code: number): void;
  begun(): boolean;
};

/**
 * Starts the gateway, and ends this process on SIGTERM, SIGINT or SIGHUP with exit code 0, also on one that comes while it starts: it is
 * told so by the signal, and stopped as soon as it runs.
 * @param onFailure is told when it cannot be stopped cleanly; the exit code is then 1.
 */
export function endOnSignals<Started extends { stop(): Promise<void> }>(
  start: (signal: AbortSignal) => Promise<Started>,
  onFailure: (error: unknown) => void,
): Ending<Started> {
  const stopping = new AbortController();
  const end = (code: number): void => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    starting
      // A start that failed has cleaned up after itself.
      .then(
        (gateway) => gateway.stop(),
        () => {},
      )
      .then(
        () => process.exit(code),
        (error: unknown) => {
          onFailure(error);
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', () => end(0));
  process.on('SIGINT', () => end(0));
  // Of a terminal that is closed; unheard, it kills, and the embedded database is left running.
  process.on('SIGHUP', () => end(0));
  const starting = start(stopping.signal);
  // One that was told to end has nobody left to fail.
  const started = starting.catch((error: unknown) => (stopping.signal.aborted ? undefined : Promise.reject(error)));
  return { started, end, begun: () => stopping.signal.aborted };
}
