/**
 * The drawing of the architecture (README, CONTRIBUTING) as data. Imports point down, and inside the rows of the
 * domain from left to right. A new noun gets its folder here, in the row where its imports let it stand.
 */
export const rows: readonly (readonly string[])[] = [
  ['kernel'],
  [
    ...['transactions', 'profiles', 'baskets'],
    ...['ledger', 'pricing', 'fx', 'calendar', 'acquirers', 'cards'],
    ...['shops', 'merchants', 'auth', 'audit'],
  ],
  ['transfers', 'links', 'payouts', 'refunds', 'disputes', 'statements', 'support', 'contracts', 'payments'],
  ['webhooks', 'emails', 'reports', 'realtime'],
  ['graphql', 'http', 'jobs', 'imoje', 'paywall', 'panel', 'mailbox', 'operator'],
  // A command is a program of its own beside `main`: it reads the settings and wires what it needs, and nothing imports it.
  [
    'main',
    'cluster',
    'start-gateway',
    'open-storage',
    'find-stray-settings',
    'size-settings',
    'prepare-folders',
    'undo-steps',
    'end-process',
    'app',
    'wire-worker',
    'config',
    'demo',
    'cli',
  ],
];

export const edgeRow = 4;
export const entryRow = 5;

/** Where a file stands. `column` counts from the left; it means something in the rows of the domain only. */
export type Place = {
  readonly row: number;
  readonly column: number;
  readonly folder: string;
  readonly edgeFile: boolean;
};

/** The place of a file below src/; undefined when its folder is not on the drawing. */
export function placeOf(path: string): Place | undefined {
  const folder = /^src\/([^/]+?)(?:\.tsx?)?(?:\/|$)/.exec(path)?.[1] ?? '';
  const row = rows.findIndex((folders) => folders.includes(folder));
  if (row < 0) return undefined;
  const edgeFile = isEdgeFile(path) && row >= 1 && row <= edgeRow;
  const column = rows[row]?.indexOf(folder) ?? 0;
  return edgeFile ? { row: edgeRow, column, folder, edgeFile } : { row, column, folder, edgeFile };
}

/** True for the files that belong to an edge wherever they live: `graphql.ts`, `graphql/…`, `http.ts`, `jobs.ts`. */
function isEdgeFile(path: string): boolean {
  return /^src\/(?!graphql\/|http\/|jobs\/)[^/]+\/(?:(?:graphql|http|jobs)\.tsx?|graphql\/.+)$/.test(path);
}

/** True for the rows 1 to 3, where every folder is a slice. */
export function isSlice(folder: string): boolean {
  return rows.slice(1, edgeRow).some((folders) => folders.includes(folder));
}
