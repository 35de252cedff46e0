/** What a process held while something ran, in MiB: at its beginning, and at its highest. */
export type Held = { readonly begun: number; readonly highest: number };

/** Watches how much memory this process holds (resident set), after collecting what is garbage where node allows it. */
export function watchMemory(): { stop(): Held } {
  globalThis.gc?.();
  const begun = process.memoryUsage().rss;
  let highest = begun;
  const look = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 20).unref();
  return {
    stop: () => {
      clearInterval(look);
      return { begun: mebibytes(begun), highest: mebibytes(highest) };
    },
  };
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
