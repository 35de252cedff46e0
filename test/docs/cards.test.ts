import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { pointOf, privateKeyOf, spkiOf } from '../../src/cards/agree-on-key.ts';
import { openApplePay, publicKeyHashOf } from '../../src/cards/open-apple-pay.ts';
import { openGooglePay } from '../../src/cards/open-google-pay.ts';
import { sandboxApplePay, sandboxGooglePay, sandboxPrivateKeys } from '../../src/cards/sandbox-keys.ts';
import { testCards } from '../../src/cards/test-cards.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): Promise<string> => readFile(`${root}/docs/${file}`, 'utf8');

it('The table of test cards in the documentation is the one that the sandbox plays', async () => {
  const rows = [...(await read('test-codes.md')).matchAll(/^\| ((?:\d{4} ){3}\d{4}) \|.*\| ([A-Z_]+) \|[^|]*\|$/gm)];
  expect(Object.fromEntries(rows.map(([, number = '', outcome]) => [number.replaceAll(' ', ''), outcome]))).toEqual(
    testCards,
  );
});

describe('The page about wallets', () => {
  let page: string;
  beforeAll(async () => {
    page = await read('wallet-tokens.md');
  });

  it('names the keys that the sandbox uses', () => {
    const { googleRoot, googlePay, applePay } = sandboxPrivateKeys;
    const values = [
      ...Object.values(sandboxPrivateKeys),
      ...[sandboxGooglePay.recipientId, sandboxApplePay.merchantIdentifier],
      spkiOf(privateKeyOf(googleRoot)).toString('base64'),
      pointOf(createPublicKey(privateKeyOf(googlePay))).toString('base64'),
      publicKeyHashOf(privateKeyOf(applePay)),
    ];
    expect(values.filter((value) => !page.includes(`| \`${value}\` |`))).toEqual([]);
  });

  it('shows how to make tokens that the sandbox takes', async () => {
    const blocks = [...page.matchAll(/<!-- run -->\n```sh\n(.*?)```/gs)].map((match) => match[1] as string);
    const [google = '', apple = ''] = await Promise.all(
      blocks.map(async (block) => (await promisify(execFile)('sh', ['-eu', '-c', block], { cwd: root })).stdout),
    );
    const data = { number: '4111111111111111', brand: 'VISA', expiry: { month: 12, year: 2029 } };
    const merchantId = 'merch000000000000001';
    expect(openGooglePay(google, sandboxGooglePay, new Date())).toEqual({ data, merchantId });
    expect(openApplePay(apple, [sandboxApplePay])).toEqual({ data, merchantId: undefined });
    expect(blocks).toHaveLength(2);
  });
});
