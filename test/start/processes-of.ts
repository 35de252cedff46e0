import { readFileSync } from 'node:fs';
import type { Gateway } from './gateway-process.ts';

/** The processes of a gateway of several that do a part, by their numbers. */
export function processesOf({ pid }: Pick<Gateway, 'pid'>, role: 'api' | 'worker'): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return children
    .map(Number)
    .filter((child) => readFileSync(`/proc/${child}/environ`, 'utf8').includes(`BRAMKA_ROLE=${role}\0`));
}

/** Connects with each process that serves, one after the other, by what `open` does and waits for. */
export async function atEach<Opened>(
  gateway: Pick<Gateway, 'pid'>,
  open: () => Promise<Opened>,
): Promise<readonly Opened[]> {
  const serving = processesOf(gateway, 'api');
  const opened: Opened[] = [];
  for (const pid of serving) {
    // What stands still takes no connection.
    const others = serving.filter((other) => other !== pid);
    for (const other of others) process.kill(other, 'SIGSTOP');
    try {
      opened.push(await open());
    } finally {
      for (const other of others) process.kill(other, 'SIGCONT');
    }
  }
  return opened;
}
