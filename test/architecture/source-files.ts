import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Layers, scanText } from './scan-text.ts';

/** The checkout. */
export const root = join(import.meta.dirname, '..', '..');

/** One import or re-export of a file. */
export type Import = {
  /** What is written: `../kernel/ids.ts`, `hono`. */
  readonly specifier: string;
  /** The file it names, from the checkout's root; undefined for packages. */
  readonly target: string | undefined;
  /** True when only types come in, so that nothing is left of it at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
};

/** A file with everything that rules look at. */
export type SourceFile = Layers & { readonly path: string; readonly text: string; readonly imports: readonly Import[] };

/** One breach of a rule: where it is, and what to do instead. */
export type Offence = { readonly file: string; readonly line: number; readonly message: string };

/** A rule over all files; `name` is what `knownOffenders` refers to, `sentence` is the name of its test. */
export type Rule = {
  readonly name: string;
  readonly sentence: string;
  readonly check: (files: readonly SourceFile[]) => Offence[];
};

// Not ours to judge: what Prisma writes, and what npm brings.
const ignoredFolders = new Set(['generated', 'node_modules', 'dist']);

/** Reads all files below a folder of the checkout whose names end as asked, sorted; a missing folder has none. */
export function readFiles(folder: string, endings: readonly string[] = ['.ts', '.tsx']): SourceFile[] {
  return walk(folder)
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => toSourceFile(path, readFileSync(join(root, path), 'utf8')));
}

function walk(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isFile()) return [path];
      return entry.isDirectory() && !ignoredFolders.has(entry.name) ? walk(path) : [];
    });
}

/** Makes a source file of a path and a text; rules and their own tests use it alike. */
export function toSourceFile(path: string, text: string): SourceFile {
  const layers = scanText(text);
  return { path, text, ...layers, imports: findImports({ path, text, layers }) };
}

const importForms = [
  /^[ \t]*(?:import|export)\s+(type\s+)?([^'";]*?)\s*\bfrom\s*(['"])([^'"\n]+)\3/gm,
  /^[ \t]*import\s*()()(['"])([^'"\n]+)\3/gm,
  /\bimport\s*()()\(\s*(['"])([^'"\n]+)\3/gm,
];

function findImports(file: { path: string; text: string; layers: Layers }): Import[] {
  const { path, text, layers } = file;
  const matches = importForms.flatMap((form) => [...text.matchAll(form)]);
  const starts = matches.map((match) => ({ match, start: match.index + match[0].search(/\S/) }));
  // What looks like an import inside a string or a comment is blank in the code layer.
  const real = starts.filter(({ start }) => /\S/.test(layers.code[start] ?? ''));
  return real.map(({ match, start }) => {
    const specifier = match[4] as string;
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
    return { specifier, target, typeOnly: isTypeOnly(match[1], match[2]), line: lineAt(text, start) };
  });
}

function isTypeOnly(keyword: string | undefined, names: string | undefined): boolean {
  if (keyword !== undefined && keyword !== '') return true;
  const listed = /^\{([^}]*)\}$/.exec(names ?? '')?.[1]?.split(',') ?? [];
  const given = listed.map((name) => name.trim()).filter((name) => name !== '');
  return given.length > 0 && given.every((name) => name.startsWith('type '));
}

/** The number, from 1, of the line that holds a position. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** One offence for each place where a pattern (with the flag `g`) occurs in a layer of a file. */
export function offencesAt(
  file: SourceFile,
  found: { layer: keyof Layers; pattern: RegExp; message: string },
): Offence[] {
  const matches = [...file[found.layer].matchAll(found.pattern)];
  return matches.map((match) => ({
    file: file.path,
    line: lineAt(file.text, match.index),
    message: found.message.replace('$&', match[0].trim()),
  }));
}
