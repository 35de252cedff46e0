import { MessageType, type PingMessage, stringifyMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { unsentBytesMax } from './wait-in-line.ts';

/** Those to whom a pong of either protocol is on its way behind more than may lie unsent. */
const [owed, owedMessage] = [new WeakSet<WebSocket>(), new WeakSet<WebSocket>()];

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
 * Whoever pings on and on without reading gets one pong at a time, so that they do not pile up (RFC 6455, section 5.5.3 has
 * it so for its own); he may be reading a large answer, so he is not cut off for it.
 */
function answer(socket: WebSocket, late: WeakSet<WebSocket>, send: (onSent?: () => void) => void): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount < unsentBytesMax) send();
  else if (!late.has(socket)) {
    late.add(socket);
    send(() => void late.delete(socket));
  }
}
