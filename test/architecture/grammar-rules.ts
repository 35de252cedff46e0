import { isSlice, placeOf } from './ranks.ts';
import { offencesAt, type Rule, type SourceFile } from './source-files.ts';

const forbidden = new Set('util utils helper helpers service services manager managers misc common'.split(' '));

/** Names that say nothing become the largest files. */
export const noVagueNames: Rule = {
  name: 'no-vague-names',
  sentence: 'has no file or folder whose name says nothing',
  check: (files) =>
    files.flatMap((file) => {
      // imoje calls a shop a service, and its secret the service key: that one is a word of the domain.
      const words = file.path.replaceAll('service-key', '').split(/[/.-]/);
      const word = words.find((candidate) => forbidden.has(candidate));
      if (word === undefined) return [];
      return [
        { file: file.path, line: 1, message: `is called "${word}": name it by its verb, or by the noun it holds` },
      ];
    }),
};

/** Names in kebab-case, so that nobody guesses. */
export const kebabNames: Rule = {
  name: 'kebab-names',
  sentence: 'writes the names of files and folders in kebab-case',
  check: (files) =>
    files
      .filter((file) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*$/.test(file.path))
      .map((file) => ({ file: file.path, line: 1, message: 'is not in kebab-case: write `create-refund.ts`' })),
};

const sliceWords = new Set(
  // `deps.ts` is the type of what the slice's outside-talking verbs are given.
  ['model.ts', 'errors.ts', 'store.ts', 'events.ts', 'deps.ts', 'jobs.ts', 'graphql.ts', 'http.ts'],
);
const kebab = '[a-z0-9]+(?:-[a-z0-9]+)*';
const sliceForms = [new RegExp(`^(?:sql|graphql)/${kebab}\\.ts$`), /^[a-z0-9]+(?:-[a-z0-9]+)+\.ts$/];

/** Plain nouns that earn a file, each with its reason. */
const plainNouns: Record<string, string> = {
  'acquirers/port.ts': 'the one interface that all acquirers implement',
  'auth/actor.ts': 'who asks: an argument of nearly every verb',
  'auth/scopes.ts': 'the list of what a key may do',
  'ledger/post.ts': 'the one door through which money moves',
  'ledger/accounts.ts': 'the chart of accounts',
  'pricing/rates.ts': 'the table of rates, as data',
  'calendar/holidays.ts': 'the statutory holidays, as data',
  'cards/test-cards.ts': 'the published numbers of the sandbox and what they do, as data',
  'cards/sandbox-keys.ts': 'the published keys of the sandbox, as data',
};

/** What an acquirer's folder may hold beside the words of a slice. */
const acquirerWords = new Set(['acquirer.ts', 'capabilities.ts', 'client.ts', 'outcomes.ts', 'simulator.ts']);

/** The same words in every slice. */
export const sliceGrammar: Rule = {
  name: 'slice-grammar',
  sentence: 'uses the same file words in every slice',
  check: (files) =>
    files
      .filter((file) => isSlice(placeOf(file.path)?.folder ?? '') && !isSliceName(file.path.slice('src/'.length)))
      .map((file) => ({
        file: file.path,
        line: 1,
        message: `is no word of a slice: use ${[...sliceWords].join(' ')} sql/<name>.ts graphql/<name>.ts or <verb>-<noun>.ts (or give a reason in test/architecture/grammar-rules.ts)`,
      })),
};

function isSliceName(path: string): boolean {
  if (Object.hasOwn(plainNouns, path)) return true;
  const acquirer = /^acquirers\/[^/]+\/(.+)$/.exec(path)?.[1];
  const inAcquirer = acquirer !== undefined && !/^(?:sql|graphql)\//.test(path.slice('acquirers/'.length));
  const name = inAcquirer ? acquirer : path.slice(path.indexOf('/') + 1);
  return sliceWords.has(name) || (inAcquirer && acquirerWords.has(name)) || sliceForms.some((form) => form.test(name));
}

const statement =
  /(?<![\w-])(?:select\s+[^'"]+?\s+from\s+[\w("]|select\s+\w+\(|insert\s+into\s+[\w"]|update\s+[\w."]+\s+(?:as\s+\w+\s+)?set\s|delete\s+from\s+[\w"]|with\s+(?:recursive\s+)?\w+\s+(?:\([^)]*\)\s*)?as\s+(?:not\s+|materialized\s+)*\(|(?:un)?listen\s+[a-z_]+\s*$|truncate\s+[a-z_]+)/g;
const queryCall = /(?<!\breq)(?<!\brequest)\.query\s*(?:<[^()]*>)?\(/g;
const prismaCall = /\bprisma\s*\.\s*[$\w]+/g;

/** SQL has an address. */
export const sqlAddress: Rule = {
  name: 'sql-address',
  sentence: 'writes SQL only in store.ts, in sql folders and in the kernel',
  check: (files) =>
    files
      .filter((file) => file.path.startsWith('src/') && !mayHoldSql(file))
      .flatMap((file) => {
        const message = '`$&`: move the statement to store.ts or sql/<name>.ts of the slice that owns the table';
        return [
          ...offencesAt(file, { layer: 'literals', pattern: statement, message }),
          ...offencesAt(file, { layer: 'code', pattern: queryCall, message }),
        ];
      }),
};

/** Prisma reads for GraphQL and nothing else. */
export const prismaAddress: Rule = {
  name: 'prisma-address',
  sentence: 'uses Prisma only in stores, in GraphQL files and in the kernel',
  check: (files) =>
    files
      .filter((file) => file.path.startsWith('src/') && !mayHoldSql(file) && !isGraphql(file))
      .flatMap((file) => {
        const message = '`$&`: read in store.ts, or beside the type in graphql.ts';
        return offencesAt(file, { layer: 'code', pattern: prismaCall, message });
      }),
};

function mayHoldSql({ path }: SourceFile): boolean {
  const wiring = /^src\/(?:app\.ts|demo\.ts|demo\/.+|jobs\/registry\.ts)$/.test(path);
  return wiring || /^src\/kernel\//.test(path) || /^src\/(?:acquirers\/)?[^/]+\/(?:store\.ts|sql\/[^/]+)$/.test(path);
}

function isGraphql({ path }: SourceFile): boolean {
  return /^src\/(?:graphql\/.+|[^/]+\/graphql\.ts|[^/]+\/graphql\/.+)$/.test(path);
}
