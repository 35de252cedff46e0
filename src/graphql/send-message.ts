import type { WebSocket } from 'ws';

/** After so many bytes that a socket is sent it is asked whether it is still there. */
const bytesPerPing = 32_768;

/** How many bytes each was sent since it was last asked here. */
const unasked = new WeakMap<WebSocket, number>();

/**
 * Sends a message, with a ping behind each 32 KiB of what is sent, in the midst of a message too (RFC 6455, section 5.4), so
 * that whoever reads slowly shows on his way through megabytes that he reads. Nothing here tells how far he is: the system
 * takes some megabytes from us at once, and of what it has not taken yet Node says nothing before all is gone.
 */
export function sendMessage(socket: WebSocket, message: string): void {
  if (message.length <= bytesPerPing) {
    socket.send(message);
    const bytes = (unasked.get(socket) ?? 0) + message.length;
    unasked.set(socket, bytes % bytesPerPing);
    if (bytes >= bytesPerPing) socket.ping();
    return;
  }
  const bytes = Buffer.from(message);
  for (let start = 0; start < bytes.length; start += bytesPerPing) {
    const end = start + bytesPerPing;
    socket.send(bytes.subarray(start, end), { binary: false, fin: end >= bytes.length });
    socket.ping();
  }
}
