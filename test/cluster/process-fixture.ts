import { createServer } from 'node:net';
import type { ToMain } from '../../src/cluster/messages.ts';

/** A process for tests of the supervision: it does what its setting ACT says. */
const tell = (message: ToMain, said = (): void => {}): void => void process.send?.(message, said);
const act = process.env.ACT;
const address = { port: Number(process.env.PORT ?? 0), host: '127.0.0.1' };
/** From now on it takes nothing that is sent to it. */
const freeze = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);

if (act === 'refuse') tell({ kind: 'refused', reason: 'It cannot be.' }, () => process.exit(1));
else if (act === 'crash') process.exit(3);
else if (act === 'freeze') {
  createServer().listen(address, () => tell({ kind: 'ready' }, () => setImmediate(freeze)));
} else if (act === 'freeze early') {
  createServer().listen(address);
  tell({ kind: 'ready' }, () => setImmediate(freeze));
} else {
  process.on('message', () => act === 'serve' && process.exit(0));
  tell({ kind: 'ready' });
}
