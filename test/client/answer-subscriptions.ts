import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A message of graphql-transport-ws. */
type Message = {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly variables?: { readonly after?: string } };
};

/** Says something to a subscription, as the message of this type. */
export type Say = (type: 'next' | 'complete', payload?: object) => void;

/** A gateway that is led by a test: it takes every key, answers no ping, and to a subscription what it is told. */
export async function answerSubscriptions(answer: (say: Say, after: string | undefined) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
  server.on('connection', (socket: WebSocket) =>
    socket.on('message', (data) => {
      const { id, type, payload } = JSON.parse(String(data)) as Message;
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type !== 'subscribe') return;
      answer((kind, said) => socket.send(JSON.stringify({ id, type: kind, payload: said })), payload?.variables?.after);
    }),
  );
  await new Promise<void>((done) => server.on('listening', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => server.clients.size,
    close: () => new Promise((done) => server.close(done)),
  };
}
