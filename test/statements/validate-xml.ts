import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Validates a document with xmllint (Debian: libxml2-utils) against a schema of this folder, given by its name.
 * @returns what xmllint finds, line by line; nothing when the document is valid.
 * @throws Error when xmllint is missing: then nothing was looked at.
 */
export async function findXmlFaults(xml: string, schema: string): Promise<string[]> {
  const path = fileURLToPath(new URL(schema, import.meta.url));
  const lint = spawn('xmllint', ['--noout', '--nonet', '--schema', path, '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  lint.stderr.on('data', (part: Buffer) => {
    said += part.toString('utf8');
  });
  const ended = once(lint, 'close');
  lint.stdin.on('error', () => {});
  lint.stdin.end(xml);
  const [code] = (await ended) as [number];
  const lines = said.trim().split('\n');
  return code === 0 ? [] : lines;
}
