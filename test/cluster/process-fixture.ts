import type { ToMain } from '../../src/cluster/messages.ts';

/** A process for tests of the supervision: it does what its setting ACT says. */
const tell = (message: ToMain, said = (): void => {}): void => void process.send?.(message, said);
const act = process.env.ACT;

if (act === 'refuse') tell({ kind: 'refused', reason: 'It cannot be.' }, () => process.exit(1));
else if (act === 'crash') process.exit(3);
else {
  process.on('message', () => act === 'serve' && process.exit(0));
  tell({ kind: 'ready' });
}
