import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';

// The limit of pushing: `ws` that sends the body of `POST /?count=N` to all sockets N times, and answers every first message.

const server = createServer(async (request, response) => {
  const message = await text(request);
  const count = Number(new URL(request.url ?? '', 'http://localhost').searchParams.get('count'));
  for (let sent = 0; sent < count; sent += 1) {
    for (const client of sockets.clients) client.send(message);
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (client) => client.once('message', () => client.send('{"type":"connection_ack"}')));
server.listen(0, '127.0.0.1', () => console.log(`ready: http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
