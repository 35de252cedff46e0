import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** A message of graphql-transport-ws. */
type Message = {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly variables?: { readonly after?: string } };
};

/** Says something to a subscription, as the message of this type. */
export type Say = (type: 'next' | 'complete', payload?: object) => void;

/** Closes the socket of a subscription. */
export type Close = (code: number, reason?: string) => void;

/** What a test's gateway does about a subscription, and about so many pings in its connection; without `ping` it answers none. */
export type Answers = {
  readonly subscribed: (say: Say, after: string | undefined, close: Close) => void;
  readonly ping?: (say: Say, count: number) => void;
  /** The code and the reason with which it closes whoever introduces himself. */
  readonly refused?: readonly [code: number, reason: string];
};

/** A gateway that is led by a test, and closed after it. It takes every key. */
export async function answerSubscriptions({ subscribed, ping, refused }: Answers) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
  server.on('connection', (socket: WebSocket) => {
    let pings = 0;
    let say: Say = () => {};
    socket.on('message', (data) => {
      const { id, type, payload } = JSON.parse(String(data)) as Message;
      if (type === 'connection_init' && refused) return socket.close(...refused);
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type === 'subscribe') {
        say = (kind, said) => socket.send(JSON.stringify({ id, type: kind, payload: said }));
        subscribed(say, payload?.variables?.after, (code, reason) => socket.close(code, reason));
      }
      if (type !== 'ping' || !ping) return;
      pings += 1;
      socket.send('{"type":"pong"}');
      ping(say, pings);
    });
  });
  onTestFinished(() => new Promise<void>((done) => server.close(() => done())));
  await new Promise<void>((done) => server.on('listening', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => server.clients.size,
  };
}
