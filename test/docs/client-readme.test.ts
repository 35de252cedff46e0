import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../client/src/index.ts';
import { root, runCommand } from '../support/run-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bramka-client-readme-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a shop has around the examples. */
const around = `declare const shopId: string;
declare const client: import('@bramka/client').Client;
declare function lastCursor(): Promise<string | undefined>;
declare function keepCursor(cursor: string): Promise<void>;
declare function ship(orderId: string): Promise<void>;
`;

const config = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    ...{ noUnusedLocals: false, typeRoots: [join(root, 'node_modules/@types')] },
    paths: { '@bramka/client': [join(root, 'client/dist/index.d.ts')] },
  },
  include: ['*'],
};

it('All methods of the client are named', async () => {
  const page = await readFile(join(root, 'client/README.md'), 'utf8');
  const [paragraph = ''] = /^- \*\*Methods\.\*\*.*?(?=^- )/ms.exec(page) ?? [];
  const named = [...paragraph.matchAll(/`(\w+)(?:\([^`]*\))?`/g)].map(([, name]) => name);
  const client = createClient({ url: 'http://127.0.0.1:1', apiKey: 'bk_test_any' });
  const others = ['request', 'events', 'eventsOf'];
  const variables = ['shopId', 'filter', 'types', 'NOT_FOUND'];
  const methods = Object.keys(client).filter((name) => !others.includes(name));
  expect(named.filter((name) => !variables.includes(name ?? '')).sort()).toEqual(methods.sort());
});

it('The page of the client leads to no file that its package does not have', async () => {
  const page = await readFile(join(root, 'client/README.md'), 'utf8');
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
  expect(links.length).toBeGreaterThan(1);
  expect(links.filter((target) => !target.startsWith('https://'))).toEqual([]);
});

it('The examples of the client compile as TypeScript, strictly', async () => {
  const page = await readFile(join(root, 'client/README.md'), 'utf8');
  const examples = [...page.matchAll(/^ *```(?:js|ts)\n(.*?)^ *```$/gms)].map(([, text]) => text);
  expect(examples).toHaveLength(2);
  await writeFile(join(folder, 'around.d.ts'), around);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const [index, text] of examples.entries())
    await writeFile(join(folder, `example-${index}.mts`), `${text}export {};\n`);
  const { code, stdout } = await runCommand('node_modules/typescript/bin/tsc', ['-p', folder], {});
  expect(stdout).toBe('');
  expect(code).toBe(0);
});
