import { type Offence, offencesAt, type Rule, type SourceFile } from './source-files.ts';

const inSource = (file: SourceFile) => file.path.startsWith('src/');

/** No `any`, written or cast. */
export const noAny: Rule = {
  name: 'no-any',
  sentence: 'knows the type of everything: no `any`',
  check: eachMatch({
    layer: 'code',
    pattern: /(?<![\w$.])any(?![\w$])(?!\s*[(:])/g,
    message: '`any` switches the compiler off: write the type, or `unknown` and a parser',
  }),
};

/** No word that silences the compiler. */
export const noSilencing: Rule = {
  name: 'no-silencing',
  sentence: 'never silences the compiler',
  check: eachMatch({
    layer: 'comments',
    pattern: /@ts-(?:ignore|expect-error|nocheck)/g,
    message: '`$&` hides an error: correct the types instead',
  }),
};

/** Nothing left for later in comments. */
export const noLeftovers: Rule = {
  name: 'no-leftovers',
  sentence: 'leaves nothing for later in comments',
  check: eachMatch({
    layer: 'comments',
    pattern: /\b(?:TODO|FIXME|XXX)\b/g,
    message: '`$&`: do it now, or write down in docs/decisions why not',
  }),
};

/** Every test runs. */
export const noSkippedTests: Rule = {
  name: 'no-skipped-tests',
  sentence: 'runs every test: none is skipped, none is singled out',
  check: eachMatch({
    layer: 'code',
    pattern: /\b(?:it|test|describe)\b[\w.]*\.(?:skip|only|todo)\b|\.(?:skip|only)\(/g,
    message: '`$&` leaves tests out: let it run, or delete it',
    where: (file) => file.path.startsWith('test/'),
  }),
};

/** Words for people go through the log, but for the programs that talk to a terminal. */
export const noConsole: Rule = {
  name: 'no-console',
  sentence: 'writes to the console only in main.ts and in cli folders',
  check: eachMatch({
    layer: 'code',
    pattern: /(?<![\w$.])console\s*\./g,
    message: '`console`: write to the logger you were given (src/kernel/log)',
    where: (file) => inSource(file) && file.path !== 'src/main.ts' && !file.path.includes('/cli/'),
  }),
};

/** One reader of the environment. */
export const environmentInConfig: Rule = {
  name: 'environment-in-config',
  sentence: 'reads the environment only in config.ts',
  check: eachMatch({
    layer: 'code',
    pattern: /\bprocess\s*\.\s*env\b|\bprocess\s*\[|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/g,
    message: '`process.env`: add a field to Config in src/config.ts and take it as an argument',
    where: (file) => inSource(file) && file.path !== 'src/config.ts' && !file.path.startsWith('src/kernel/db/cli/'),
  }),
};

/** One source of time and none of chance. `performance.now()` and `process.hrtime` measure how long; they are free. */
export const timeFromClock: Rule = {
  name: 'time-from-clock',
  sentence: 'takes the time only from the clock, and nothing from Math.random',
  check: eachMatch({
    layer: 'code',
    pattern:
      /(?<![\w$])(?:Date\.now\b|new Date\(\s*\)|new Date\b(?!\s*\()(?=\s*[;,)])|Temporal\.Now\b|Math\.random\b)/g,
    message: '`$&`: ask the Clock you were given (src/kernel/clock.ts); for chance take node:crypto',
    where: (file) => inSource(file) && file.path !== 'src/kernel/clock.ts',
  }),
};

const sqlTime =
  /(?<![\w.])(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\s*\)|\b(?:current_timestamp|current_date|current_time|localtimestamp)\b|@updatedAt\b/gi;

/** SQL does not know what time it is: sources, Prisma's schema and migrations. */
export const noTimeInSql: Rule = {
  name: 'no-time-in-sql',
  sentence: 'has no time of its own in SQL, in the schema or in migrations',
  check: (files) =>
    files.flatMap((file) => {
      const message = '`$&`: in the sandbox time may be moved, so pass the moment as a parameter';
      const program = file.path.endsWith('.ts') || file.path.endsWith('.tsx');
      if (program) return inSource(file) ? offencesAt(file, { layer: 'literals', pattern: sqlTime, message }) : [];
      const bare = file.text.replace(/(?:--|\/\/)[^\n]*/g, (comment) => ' '.repeat(comment.length));
      return offencesAt({ ...file, code: bare }, { layer: 'code', pattern: sqlTime, message });
    }),
};

type Match = Parameters<typeof offencesAt>[1] & { readonly where?: (file: SourceFile) => boolean };

function eachMatch({ where = () => true, ...found }: Match): (files: readonly SourceFile[]) => Offence[] {
  return (files) => files.filter((file) => isProgram(file) && where(file)).flatMap((file) => offencesAt(file, found));
}

function isProgram(file: SourceFile): boolean {
  return /\.tsx?$/.test(file.path);
}
