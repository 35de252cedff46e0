import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** A WebSocket that costs its process as little as can be: it tells of each text message, and reads none of them. */
export type RawSocket = { send(text: string): void; close(): void };

export type Hearing = {
  /** Called with each message, as bytes of which it must not keep hold. */
  readonly onText: (bytes: Buffer) => void;
  /** Called when the socket is closed, by whomever. */
  readonly onClose: () => void;
};

const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** Opens a WebSocket on 127.0.0.1 (RFC 6455). Messages must come in one frame each, of less than 65,536 bytes. */
export async function openRawSocket(url: string, { onText, onClose }: Hearing): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  const key = randomBytes(16).toString('base64');
  socket.write(
    `GET /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
  );
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
  socket.on('error', reject);
  socket.on('close', () => {
    reject(new Error(`${url} closed a socket before it was open.`));
    onClose();
  });
  let open = false;
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (!open) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!rest.subarray(0, 12).toString().endsWith('101')) reject(new Error(rest.subarray(0, end).toString()));
      open = true;
      rest = rest.subarray(end + 4);
      resolve();
    }
    rest = rest.subarray(readFrames(socket, rest, onText));
  });
  await opened;
  return { send: (text) => writeFrame(socket, opcodes.text, Buffer.from(text)), close: () => socket.destroy() };
}

/** Reads the whole frames in a buffer, and gives how many bytes they were. */
function readFrames(socket: Socket, buffer: Buffer, onText: (bytes: Buffer) => void): number {
  let at = 0;
  while (buffer.length - at >= 2) {
    const short = (buffer[at + 1] ?? 0) & 127;
    const start = at + (short < 126 ? 2 : 4);
    if (short === 127) throw new Error('A message is longer than this client takes.');
    if (buffer.length < start) break;
    const end = start + (short < 126 ? short : buffer.readUInt16BE(at + 2));
    if (buffer.length < end) break;
    const opcode = (buffer[at] ?? 0) & 15;
    if (opcode === opcodes.text) onText(buffer.subarray(start, end));
    else if (opcode === opcodes.ping) writeFrame(socket, opcodes.pong, buffer.subarray(start, end));
    else if (opcode === opcodes.close) socket.end();
    at = end;
  }
  return at;
}

/** Clients must mask; a mask of zeros leaves the bytes as they are. */
function writeFrame(socket: Socket, opcode: number, payload: Buffer): void {
  const length = payload.length < 126 ? [128 | payload.length] : [128 | 126, payload.length >> 8, payload.length & 255];
  socket.write(Buffer.concat([Buffer.from([128 | opcode, ...length, 0, 0, 0, 0]), payload]));
}
