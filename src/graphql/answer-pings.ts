import { MessageType, type PingMessage, stringifyMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { unsentBytesMax } from './wait-in-line.ts';

/** Sends a pong, and tells when it is gone. */
type Send = (onSent?: () => void) => void;

/** Those to whom a pong is on its way behind more than may lie unsent, with the answer to the last ping that came meanwhile. */
type Owed = WeakMap<WebSocket, Send | undefined>;

/** Of either protocol. */
const [owed, owedMessage]: readonly [Owed, Owed] = [new WeakMap(), new WeakMap()];

/** Answers a ping of the protocol of WebSockets. */
export function answerPing(this: WebSocket, data: Buffer): void {
  answer(this, owed, (onSent) => this.pong(data, false, onSent));
}

/** Answers a ping of graphql-transport-ws; what it carries is said back. */
export function answerPingMessage(socket: WebSocket, { payload }: PingMessage): void {
  const message = stringifyMessage({ type: MessageType.Pong, ...(payload && { payload }) });
  answer(socket, owedMessage, (onSent) => socket.send(message, onSent));
}

/**
 * Whoever pings on and on without reading gets one pong at a time, and behind it that of his last ping, so that they do not pile
 * up (RFC 6455, section 5.5.3 has it so for its own); he may be reading a large answer, so he is not cut off for it.
 */
function answer(socket: WebSocket, late: Owed, send: Send): void {
  if (socket.readyState !== socket.OPEN) return;
  if (late.has(socket)) late.set(socket, send);
  else if (socket.bufferedAmount < unsentBytesMax) send();
  else {
    late.set(socket, undefined);
    send(() => {
      const last = late.get(socket);
      late.delete(socket);
      if (last) answer(socket, late, last);
    });
  }
}
