import { openShopServer, type Received } from '../webhooks/shop-server.ts';
import { createInbox, type Inbox } from './inbox.ts';

/** What an imoje notification tells, as far as these tests look at it. */
export type Notification = {
  readonly transaction: { readonly id: string; readonly status: string; readonly [key: string]: unknown };
  readonly payment: { readonly id: string; readonly status: string; readonly [key: string]: unknown };
};

export type Notified = Received & { readonly told: Notification };

/** A shop's web server that acknowledges all notifications, and puts each into an inbox before it does. */
export async function openShopInbox(): Promise<{ url: string; inbox: Inbox<Notified>; close(): Promise<void> }> {
  const inbox = createInbox<Notified>();
  const server = await openShopServer();
  server.answer((_, response) => {
    const last = server.received.at(-1);
    if (last !== undefined) inbox.put({ ...last, told: JSON.parse(last.body) as Notification });
    response.end('{"status":"ok"}');
  });
  return { url: server.url, inbox, close: server.close };
}
