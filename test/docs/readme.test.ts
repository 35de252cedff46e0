import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
let folder: string;
let blocks: string[];

beforeAll(async () => {
  gateway = await startTestGateway();
  folder = await mkdtemp(join(tmpdir(), 'bramka-readme-'));
  await mkdir(join(folder, '.bramka'));
  await cp(join(gateway.config.dataDir, 'demo.json'), join(folder, '.bramka', 'demo.json'));
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  blocks = [...readme.matchAll(/<!-- run -->\n```sh\n(.*?)```/gs)].map((match) => match[1] as string);
});

afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a block of the README as a reader would paste it. */
async function paste(block: string | undefined): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', block ?? 'exit 9'], { cwd: folder });
  return stdout;
}

test('the first payment of the README is made, paid by BLIK and settled with its commission', async () => {
  const output = await paste(blocks[0]);
  expect(output).toContain("status: 'NEW'");
  expect(output).toContain("transaction: { status: 'PENDING' }");
  const settled = JSON.parse(output.slice(output.indexOf('{\n  "status"')));
  const commission = { amount: { amount: 196 }, ratePercent: '1.59' };
  expect(settled).toMatchObject({ status: 'SETTLED', transactions: { edges: [{ node: { commission } }] } });
});

test('the subscription of the README tells of all that followed the making of the first payment', async () => {
  const output = await paste(blocks[1]);
  expect(output).toContain('"type":"TRANSACTION_PENDING"');
  expect(output).toContain('"type":"PAYMENT_SETTLED"');
  expect(output).toMatch(/left\n$/);
});

test('the form of the README leads to the page of a new payment', async () => {
  const output = await paste(blocks[2]);
  const [, status, address] = /^(\d+) (\S+)/.exec(output) ?? [];
  expect(status).toBe('303');
  const page = await fetch(address ?? '');
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('49,99');
});

test('the REST calls of the README make a sale and show it', async () => {
  const output = await paste(blocks[3]);
  expect(output).toContain("status: 'pending'");
  expect(output).toContain("orderId: 'ORDER/3'");
  expect(output).toMatch(/\n(pending|settled)\n$/);
});

test('every block of the README that can be run is run here', () => {
  expect(blocks).toHaveLength(4);
});

test('the addresses of the README show the REST door', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const paths = [...readme.matchAll(/`http:\/\/127\.0\.0\.1:4000(\/v1\/[^`]+)`/g)].map(([, path = '']) => path);
  expect(paths).toEqual(['/v1/openapi.json', '/v1/docs']);
  for (const path of paths) expect((await fetch(`${gateway.url}${path}`)).status).toBe(200);
});
