import { edgeRow, entryRow, type Place, placeOf, rows } from './ranks.ts';
import type { Import, Offence, Rule, SourceFile } from './source-files.ts';

/** Imports point down, and left to right inside a row of the domain. */
export const importRanks: Rule = {
  name: 'import-ranks',
  sentence: 'lets imports point down only, and left to right inside a row',
  check: (files) => eachImport(files, (from, used) => rankBreach(from, used)),
};

/** Every file below src/ stands on the drawing. */
export const drawnFolders: Rule = {
  name: 'drawn-folders',
  sentence: 'has a place on the drawing for every folder of src',
  check: (files) =>
    files
      .filter((file) => file.path.startsWith('src/') && placeOf(file.path) === undefined)
      .map((file) => ({
        file: file.path,
        line: 1,
        message: `stands in no row: move it to a folder of the drawing, or add its folder to test/architecture/ranks.ts`,
      })),
};

const loaders: Record<string, string> = {
  graphql: 'src/graphql/schema.ts',
  http: 'src/http/router.ts',
  jobs: 'src/jobs/registry.ts',
};

/** Only the loader of its edge imports an edge file. */
export const edgeFilesLoaded: Rule = {
  name: 'edge-files-loaded',
  sentence:
    "imports a slice's graphql, http and jobs files only where their edge loads them, or GraphQL types of a slice below",
  check: (files) =>
    eachImport(files, (from, used) => {
      const to = placeOf(used.target as string);
      if (to?.edgeFile !== true) return undefined;
      const word = /\/(graphql|http|jobs)(?:\.tsx?$|\/)/.exec(used.target as string)?.[1] as string;
      const typesBelow = word === 'graphql' && refersToTypesBelow(from.path, used.target as string);
      if (typesBelow || from.path === loaders[word]) return undefined;
      return `imports ${used.target}, which only ${loaders[word]} may load: put what you need into the slice's model, store or a verb`;
    }),
};

/** Only the wiring knows which acquirers there are. */
export const acquirersBehindPort: Rule = {
  name: 'acquirers-behind-port',
  sentence: 'imports an acquirer only in app.ts; all others know the port',
  check: (files) =>
    eachImport(files, (from, used) => {
      const folder = /^src\/acquirers\/([^/]+)\//.exec(used.target as string)?.[1];
      if (folder === undefined || from.path === 'src/app.ts') return undefined;
      if (from.path.startsWith(`src/acquirers/${folder}/`)) return undefined;
      // What all simulated acquirers have in common.
      if (folder === 'sandbox' && from.path.startsWith('src/acquirers/sandbox-')) return undefined;
      return `imports ${used.target}: take an Acquirer (src/acquirers/port.ts) as an argument; src/app.ts passes it`;
    }),
};

/** Domain code does not know how it is asked. */
export const noEdgePackages: Rule = {
  name: 'no-edge-packages',
  sentence: 'keeps GraphQL and HTTP libraries out of the domain',
  check: (files) =>
    files.flatMap((file) => {
      const place = placeOf(file.path);
      if (place === undefined || place.row >= edgeRow) return [];
      // Mails are written with Hono's escaping template: that part of it knows no HTTP.
      const bad = (name: string) => edgePackage.test(name) && !(place.folder === 'emails' && name === 'hono/html');
      return file.imports
        .filter((used) => bad(used.specifier))
        .map((used) => ({
          file: file.path,
          line: used.line,
          message: `imports ${used.specifier}: that belongs to graphql.ts or http.ts; domain code takes and gives plain values`,
        }));
    }),
};

const edgePackage = /^(?:graphql|graphql-.*|@graphql-.*|@pothos\/.*|hono|@hono\/.*|ws)(?:\/.*)?$/;

/** No file needs itself, however long the way round. */
export const noCycles: Rule = {
  name: 'no-cycles',
  sentence: 'has no import cycles',
  check: (files) => {
    const known = new Map(files.map((file) => [file.path, file]));
    const done = new Set<string>();
    return files.flatMap((file) => visit({ file, known, done, path: [] }));
  },
};

type Walk = { file: SourceFile; known: ReadonlyMap<string, SourceFile>; done: Set<string>; path: readonly string[] };

function visit({ file, known, done, path }: Walk): Offence[] {
  if (done.has(file.path)) return [];
  const way = [...path, file.path];
  const offences = file.imports.flatMap((used) => {
    const next = known.get(used.target ?? '');
    if (next === undefined || isWiringType(file, used)) return [];
    if (!way.includes(next.path)) return visit({ file: next, known, done, path: way });
    const circle = [...way.slice(way.indexOf(next.path)), next.path].join(' -> ');
    return [
      { file: file.path, line: used.line, message: `closes a circle, ${circle}: move what both need below them` },
    ];
  });
  done.add(file.path);
  return offences;
}

function rankBreach(from: SourceFile, used: Import): string | undefined {
  const [at, to] = [placeOf(from.path), placeOf(used.target as string)];
  if (at === undefined || to === undefined || at.folder === to.folder || isWiringType(from, used)) return undefined;
  if (to.row < at.row) return undefined;
  if (to.row > at.row) {
    return `imports ${used.target}, upwards from ${describe(at)} to ${describe(to)}: pass it in, or tell it by an event`;
  }
  if (at.row >= edgeRow || at.column < to.column) return undefined;
  const order = rows[at.row]?.join(', ');
  return `imports ${used.target}, from right to left (the row is ${order}): move what both need further right, or pass it in`;
}

/** The GraphQL files of a slice refer to each other's types, and to those of the slices below theirs. */
function refersToTypesBelow(from: string, target: string): boolean {
  const [one, other] = [from, target].map((path) => standOf(path));
  if (!placeOf(from)?.edgeFile || !/\/graphql(?:\.ts$|\/)/.test(from) || !one || !other) return false;
  if (one.folder === other.folder) return true;
  return one.row > other.row || (one.row === other.row && one.column < other.column);
}

/** Where the slice of a file stands, whatever the file is. */
function standOf(path: string): { folder: string; row: number; column: number } | undefined {
  const folder = /^src\/([^/]+)\//.exec(path)?.[1] ?? '';
  const row = rows.findIndex((folders) => folders.includes(folder));
  return row < 0 ? undefined : { folder, row, column: rows[row]?.indexOf(folder) ?? 0 };
}

function eachImport(
  files: readonly SourceFile[],
  judge: (file: SourceFile, used: Import) => string | undefined,
): Offence[] {
  return files
    .filter((file) => file.path.startsWith('src/'))
    .flatMap((file) =>
      file.imports.flatMap((used) => {
        const message = used.target === undefined ? undefined : judge(file, used);
        return message === undefined ? [] : [{ file: file.path, line: used.line, message }];
      }),
    );
}

/** Edges may name the types of what the wiring passes to them. */
function isWiringType(from: SourceFile, used: Import): boolean {
  return used.typeOnly && placeOf(from.path)?.row === edgeRow && placeOf(used.target ?? '')?.row === entryRow;
}

function describe(place: Place): string {
  return `row ${place.row} (${place.edgeFile ? `an edge file of ${place.folder}` : place.folder})`;
}
