import type pg from 'pg';
import { hintChannel } from './listen-to-channel.ts';

/** Sends a hint to all processes on this database. @param payload less than 8,000 bytes, the limit of Postgres. */
export async function notifyChannel(client: pg.Client, payload: string): Promise<void> {
  await client.query({ name: 'notify-channel', text: 'select pg_notify($1, $2)', values: [hintChannel, payload] });
}
