import { type FoundFunction, findFunctions } from './find-functions.ts';
import { lineAt, type Offence, type Rule, type SourceFile } from './source-files.ts';

const fileLinesMax = 300;
const functionLinesMax = 60;
const parametersMax = 3;

/** Files of at most 300 lines. */
export const fileSize: Rule = {
  name: 'file-size',
  sentence: `keeps every source file at ${fileLinesMax} lines or fewer`,
  check: (files) =>
    files.flatMap((file) => {
      const lines = file.text.trimEnd().split('\n').length;
      if (lines <= fileLinesMax) return [];
      const message = `has ${lines} lines, the limit is ${fileLinesMax}: move a verb, or a part with a name of its own, to a file of its own`;
      return [{ file: file.path, line: fileLinesMax + 1, message }];
    }),
};

/** Functions of at most 60 lines. */
export const functionSize: Rule = {
  name: 'function-size',
  sentence: `keeps every function at ${functionLinesMax} lines or fewer`,
  check: (files) =>
    eachFunction(files, (found, file) => {
      const lines = lineAt(file.text, found.end) - lineAt(file.text, found.start) + 1;
      if (lines <= functionLinesMax) return undefined;
      return `${nameOf(found)} has ${lines} lines, the limit is ${functionLinesMax}: give its steps names, as functions`;
    }),
};

/** At most three parameters. Resolvers take what the GraphQL library passes, so they are exempt where they are written inline. */
export const parameterCount: Rule = {
  name: 'parameter-count',
  sentence: `gives every function at most ${parametersMax} parameters`,
  check: (files) =>
    eachFunction(files, (found, file) => {
      if (found.parameters <= parametersMax || isResolver(found, file)) return undefined;
      return `${nameOf(found)} has ${found.parameters} parameters, the limit is ${parametersMax}: put those that belong together into one object`;
    }),
};

function eachFunction(
  files: readonly SourceFile[],
  judge: (found: FoundFunction, file: SourceFile) => string | undefined,
): Offence[] {
  return files.flatMap((file) =>
    findFunctions(file.code).flatMap((found) => {
      const message = judge(found, file);
      return message === undefined ? [] : [{ file: file.path, line: lineAt(file.text, found.start), message }];
    }),
  );
}

function isResolver(found: FoundFunction, file: SourceFile): boolean {
  const graphql = /(?:^|\/)graphql(?:\/|\.ts$)/.test(file.path);
  return graphql && (found.inline || found.name === 'resolve' || found.name === 'subscribe');
}

function nameOf(found: FoundFunction): string {
  return found.name === '' || found.name === 'function' || found.name === 'async'
    ? 'this function'
    : `\`${found.name}\``;
}
