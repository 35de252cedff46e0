import type { WebSocket } from 'ws';

/**
 * How many bytes may lie unsent in one socket before its operations wait until they are gone; so the back-pressure of TCP
 * reaches the walk through the log.
 */
export const unsentBytesMax = 65_536;

/** How many results of one socket may be in the making, or made and unsent: how large one is shows only when it is made. */
export const unsentResultsMax = 8;

/** One of the operations of a socket. */
export type Waiter = { readonly socket: WebSocket };

type Place = { readonly waiter: Waiter; readonly goOn: () => void };

/** The operations of one socket that wait. There is a line only while some do, or while a result is in the making. */
export type Line = {
  readonly socket: WebSocket;
  /** How many results are in the making, or made and unsent. */
  results: number;
  /** Those whose result is made go first: it takes memory. */
  readonly made: Place[];
  readonly waiting: Place[];
  /** Who has been called up, and need not wait behind the others. */
  turn: Waiter | undefined;
  /** That it will be told when what lies unsent is gone. */
  listening: boolean;
};

const lines = new WeakMap<WebSocket, Line>();

/**
 * Says whether an operation may take its next result. If not, `goOn` is called when it may: all operations of a socket that
 * is full wait in one line, so that about one result goes beyond what may lie unsent, however many they are.
 */
export function mayGoOn(waiter: Waiter, goOn: () => void): boolean {
  const { socket } = waiter;
  const line = lines.get(socket);
  const isBehind = line !== undefined && line.waiting.length > 0 && line.turn !== waiter;
  if (!isBehind && !isFull(socket) && (line?.results ?? 0) < unsentResultsMax) return true;
  const joined = line ?? openLine(socket);
  joined.waiting.push({ waiter, goOn });
  listen(joined);
  return false;
}

/** Counts a result that is being made, until it is sent or given up. */
export function beginResult({ socket }: Waiter): Line {
  const line = lines.get(socket) ?? openLine(socket);
  line.results += 1;
  return line;
}

/** Has a result sent that is made now: at once, if there is room for it. */
export function sendInTurn(line: Line, place: Place): void {
  line.made.push(place);
  callUp(line);
}

/** Counts a result no more that could not be made. */
export function giveUpResult(line: Line): void {
  line.results -= 1;
  callUp(line);
}

/** Takes an operation out of the line that its client has ended. */
export function leaveLine(waiter: Waiter): void {
  const line = lines.get(waiter.socket);
  if (!line) return;
  remove(line.waiting, waiter);
  if (remove(line.made, waiter)) line.results -= 1;
  callUp(line);
}

function remove(places: Place[], waiter: Waiter): boolean {
  const index = places.findIndex((place) => place.waiter === waiter);
  return index >= 0 && places.splice(index, 1).length > 0;
}

/** Nothing is sent to one that closes, so nobody need wait for it: they see by themselves that they are over. */
function isFull({ readyState, OPEN, bufferedAmount }: WebSocket): boolean {
  return readyState === OPEN && bufferedAmount >= unsentBytesMax;
}

function openLine(socket: WebSocket): Line {
  const line = { socket, results: 0, made: [], waiting: [], turn: undefined, listening: false };
  lines.set(socket, line);
  return line;
}

/** Lets those go on, one after the other, for whom there is room. Who has more to say then is last in the line. */
function callUp(line: Line): void {
  const { socket, made, waiting } = line;
  while (!isFull(socket)) {
    const sending = made.shift();
    if (sending) line.results -= 1;
    const next = sending ?? (line.results < unsentResultsMax ? waiting.shift() : undefined);
    if (!next) break;
    line.turn = sending ? undefined : next.waiter;
    next.goOn();
    line.turn = undefined;
  }
  if (made.length + waiting.length > 0) listen(line);
  // While it is to be told, it is the line of whoever comes meanwhile.
  else if (line.results === 0 && !line.listening) lines.delete(socket);
}

/**
 * Has the line called up when all is gone that lies unsent. A pong tells it, since it need not be asked for (RFC 6455, section
 * 5.5.3) and is two bytes, while nobody knows whether any operation has something to send at present.
 */
function listen(line: Line): void {
  const { socket } = line;
  if (line.listening || !isFull(socket)) return;
  line.listening = true;
  socket.pong('', false, () => {
    line.listening = false;
    callUp(line);
  });
}
