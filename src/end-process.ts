export type Ending = {
  /** Stops the gateway and ends the process with this code; once begun, nothing begins it again. */
  end(code: number): void;
  begun(): boolean;
};

/**
 * Ends this process on SIGTERM or SIGINT with exit code 0, also on one that comes while the gateway starts: it is stopped
 * as soon as it runs.
 * @param onFailure is told when it cannot be stopped cleanly; the exit code is then 1.
 */
export function endOnSignals(
  starting: Promise<{ stop(): Promise<void> }>,
  onFailure: (error: unknown) => void,
): Ending {
  let begun = false;
  const end = (code: number): void => {
    if (begun) return;
    begun = true;
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
  return { end, begun: () => begun };
}
