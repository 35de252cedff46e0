import { whileUsable } from '../kernel/make-folder.ts';
import { bookEntries } from './book-entries.ts';
import type { TransferDeps } from './deps.ts';
import { createFolderLook } from './import-folder.ts';

const everyMs = 10_000;

/** What is done with statements by itself: those in the folder are imported, and what is kept and waits is booked. */
export function transferSweeps(
  deps: TransferDeps,
): readonly { readonly name: string; readonly everyMs: number; readonly work: () => Promise<void> }[] {
  const booking = { name: 'movements on our accounts', everyMs, work: () => bookEntries(deps) };
  if (deps.folder === undefined) return [booking];
  const folder = { path: deps.folder, setting: 'STATEMENTS_DIR', log: deps.log };
  const look = whileUsable(folder, createFolderLook(deps, deps.folder));
  return [booking, { name: 'bank statements', everyMs, work: look }];
}
