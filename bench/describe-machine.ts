import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { readOne } from './read-counts.ts';
import type { Bench } from './run-bench.ts';

/** Says when, on what and with which versions and settings figures were taken. */
export async function describeMachine(bench: Bench): Promise<string> {
  const server = await readOne<Record<'version' | 'fsync' | 'commit' | 'pages' | 'buffers', string>>(
    bench.addressOf('postgres'),
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages,
      current_setting('shared_buffers') as buffers`,
  );
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `Date       ${new Date().toISOString()}`,
    `Machine    ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${gigabytes} GB, ${platform()} ${release()} ${arch()}`,
    `Load       ${describeLoad()}`,
    `Node       ${process.version}`,
    `PostgreSQL ${server.version}, fsync ${server.fsync}, synchronous_commit ${server.commit}, full_page_writes ${server.pages}, shared_buffers ${server.buffers}`,
  ].join('\n');
}

/** How busy the machine is, by its own account. */
export function describeLoad(): string {
  const [minute, five] = loadavg();
  return `average over 1 minute ${minute?.toFixed(2)}, over 5 minutes ${five?.toFixed(2)}`;
}
