import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server that takes connections and says nothing, but for what `greet` may say to what comes first. */
export async function listenSilently(greet: (socket: Socket, first: Buffer) => void = () => {}) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.resume().on('error', () => {}));
    socket.once('data', (first: Buffer) => greet(socket, first));
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => sockets.size,
    close: () => new Promise((done) => server.close(done)),
  };
}

/** Opens a WebSocket (RFC 6455, section 4.2.2) and takes the key that it will be shown, as graphql-transport-ws does. */
export function acknowledge(socket: Socket, first: Buffer): void {
  const [, key = ''] = /sec-websocket-key: (\S+)/i.exec(String(first)) ?? [];
  const accepted = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const headers = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accepted}`];
  const protocol = 'Sec-WebSocket-Protocol: graphql-transport-ws';
  socket.write(`${['HTTP/1.1 101 Switching Protocols', ...headers, protocol].join('\r\n')}\r\n\r\n`);
  const message = '{"type":"connection_ack"}';
  socket.write(Buffer.concat([Buffer.from([0x81, message.length]), Buffer.from(message)]));
}
