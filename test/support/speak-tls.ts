import { chown, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { vi } from 'vitest';
import { makeCertificate } from './make-certificate.ts';

/** Where a server has the certificate with which it speaks TLS; that is good for `localhost`, and signed by itself. */
export type SpokenTls = { readonly certificate: string; stop(): Promise<void> };

/** Has the PostgreSQL of a database speak TLS to whoever asks for it. One file of tests at a time may have that. */
export async function speakTls(databaseUrl: string): Promise<SpokenTls> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
  const folder = rows[0]?.folder ?? '';
  const [key, certificate] = ['server.key', 'server.crt'].map((name) => join(folder, name)) as [string, string];
  await makeCertificate(key, certificate, 'DNS:localhost');
  const { uid, gid } = await stat(folder);
  await Promise.all([key, certificate].map((file) => chown(file, uid, gid)));
  const set = async (statement: string, state: 'on' | 'off'): Promise<void> => {
    await client.query(statement);
    await client.query('select pg_reload_conf()');
    const isSet = async () => (await client.query<{ ssl: string }>('show ssl')).rows[0]?.ssl === state;
    await vi.waitUntil(isSet, { timeout: 20_000 });
  };
  await set('alter system set ssl = on', 'on');
  return {
    certificate,
    stop: async () => {
      await set('alter system reset ssl', 'off');
      await client.end();
      await Promise.all([key, certificate].map((file) => rm(file)));
    },
  };
}
