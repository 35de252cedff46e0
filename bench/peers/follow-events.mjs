import pg from 'pg';

/** The topic of a shop's events. */
export const topicOf = (shopId) => `shop:${shopId}:event`;

/** As long as a cursor of the gateway: 15 bytes, of which the last eight are the number. */
export function cursorOf(number) {
  const bytes = Buffer.alloc(15);
  bytes.writeBigUInt64BE(BigInt(number), 7);
  return bytes.toString('base64url');
}

/** How often a process of the gateway says that it is there, in milliseconds. */
const hereEveryMs = 1_000;

/**
 * Has the events of all shops published, each once and in order. They come with the hints that a process of the gateway
 * sends by NOTIFY, as `<shop>:<number>` with commas between; a hint that comes while one is followed waits its turn. Says by
 * `here` that it is there, as a process of the gateway does, since one that is alone sends no hints.
 * @param read gives what a shop's log holds behind a number, in order, each as { number, type, at }.
 * @param publish is given the topic and the payload of one event.
 * @returns the function that ends it.
 */
export async function followEvents(read, publish) {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const ends = new Map();
  async function catchUp(shopId, number) {
    if (number <= (ends.get(shopId) ?? 0n)) return;
    for (const event of await read(shopId, ends.get(shopId) ?? 0n)) {
      ends.set(shopId, BigInt(event.number));
      const { type, at } = event;
      const cursor = cursorOf(event.number);
      publish(topicOf(shopId), { events: { cursor, number: Number(event.number), type, at: at.toISOString() } });
    }
  }
  let caughtUp = client.query('select shop_id, last_number from shop_counter').then(({ rows }) => {
    for (const row of rows) ends.set(row.shop_id, BigInt(row.last_number));
  });
  client.on('notification', ({ payload }) => {
    if (payload === 'here') return;
    for (const hint of payload.split(',')) {
      const [shopId, number] = hint.split(':');
      caughtUp = caughtUp.then(() => catchUp(shopId, BigInt(number)));
    }
  });
  await client.query('listen bramka_hint');
  // The last time may be broken off by the end.
  const sayHere = () => client.query("select pg_notify('bramka_hint', 'here')").catch(() => {});
  const turns = setInterval(sayHere, hereEveryMs);
  return () => {
    clearInterval(turns);
    return client.end();
  };
}
