import type { WebSocket } from 'ws';

/** How often a socket is asked whether it is still there, in milliseconds; one that has not answered by then is cut off. */
export const pingEveryMs = 12_000;
/** In how many turns all are asked, evenly whenever they came: thousands at once would hold up the events of others. */
const turns = 24;

/** Whoever holds a socket. */
type Holder = { readonly socket: WebSocket };

export type Pings<Guest extends Holder> = {
  /** Has a socket asked from now on. */
  add(guest: Guest): void;
  /** Forgets a socket that is closed. */
  remove(guest: Guest): void;
  /** All that were added and are not closed. */
  guests(): readonly Guest[];
  close(): void;
};

/** Asks all sockets of a process, by one timer, whether they are still there. */
export function pingSockets<Guest extends Holder>(): Pings<Guest> {
  const groups = Array.from({ length: turns }, () => new Set<Guest>());
  const unanswered = new WeakSet<WebSocket>();
  let [turn, newest] = [0, 0];
  const timer = setInterval(() => {
    turn = (turn + 1) % turns;
    for (const { socket } of groups[turn] ?? []) {
      // One that is being closed says no more, and has a limit of its own for that.
      if (socket.readyState !== socket.OPEN) continue;
      if (unanswered.has(socket)) socket.terminate();
      else {
        unanswered.add(socket);
        socket.ping();
      }
    }
  }, pingEveryMs / turns);
  timer.unref();
  function heard(this: WebSocket): void {
    unanswered.delete(this);
  }
  return {
    add: (guest) => {
      newest = (newest + 1) % turns;
      groups[newest]?.add(guest);
      guest.socket.on('pong', heard);
    },
    remove: (guest) => {
      for (const group of groups) group.delete(guest);
    },
    guests: () => groups.flatMap((group) => [...group]),
    close: () => clearInterval(timer),
  };
}
