/** Whether other processes are there that hear hints: who is alone need send none. */
export type Others = {
  /** True once nobody has said anything for some turns. */
  areNone(): boolean;
  /** Notes that another one has said something, or may have while nothing was heard. */
  heard(): void;
  stop(): void;
};

/** How often a process usually says that it is there, in milliseconds. */
const usualMs = 1_000;
/** For how many of these turns nobody else may be heard before they are none. */
const silentMax = 3;

/**
 * Says again and again that this process is there, and at once when it hears of another one and thought that it was alone, as
 * that one has just come. It is alone at first, so the first call of `heard` is to be made when it can hear and speak.
 * @param sayHere returns at once and never fails; what it says may be lost.
 */
export function noticeOthers(sayHere: () => void, everyMs = usualMs): Others {
  let silent = Number.POSITIVE_INFINITY;
  const areNone = (): boolean => silent > silentMax;
  const timer = setInterval(() => {
    silent += 1;
    sayHere();
  }, everyMs);
  timer.unref();
  return {
    areNone,
    heard: () => {
      const wasAlone = areNone();
      silent = 0;
      if (wasAlone) sayHere();
    },
    stop: () => clearInterval(timer),
  };
}
