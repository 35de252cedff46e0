import { findFunctions } from './find-functions.ts';
import { lineAt, type Rule } from './source-files.ts';

/** Whatever takes a connection of its own, or waits for somebody outside. Awaited `add`, `read`, `find`: counts, caches. */
const outside =
  /\b(?:database|prisma|pool)\b|(?<![\w$.])(?:read|inTransaction|fetch)\s*(?:<[^()]*>)?\(|\bawait\s+[\w$.]+\.(?:add|read|find)\(/g;

/**
 * One connection for one transaction. Work that holds one and waits for a second from the same pool stops the whole
 * gateway once as many do it at a time as the pool has connections.
 */
export const oneConnection: Rule = {
  name: 'one-connection',
  sentence: 'touches nothing but the transaction in functions that are given one',
  check: (files) =>
    files.flatMap((file) =>
      findFunctions(file.code).flatMap(({ start, end }) => {
        const text = file.code.slice(start, end);
        if (!/^[^()]*\(\s*tx\b/.test(text)) return [];
        return [...text.matchAll(outside)].map((match) => ({
          file: file.path,
          line: lineAt(file.text, start + match.index),
          message: `\`${match[0]}\` inside a transaction takes a second connection: do it before the transaction begins, or through \`tx\``,
        }));
      }),
    ),
};
