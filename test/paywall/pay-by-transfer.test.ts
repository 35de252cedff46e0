import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neverExpires } from '../../src/payments/model.ts';
import { posted } from '../http/world.ts';
import { createPayment, updateShop } from '../start/pay.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});

afterAll(() => gateway.stop());

const newPayment = async (input: object = {}): Promise<string> =>
  (await createPayment(gateway, { idempotencyKey: randomUUID(), amount: 123_456, ...input })).payment?.id ?? '';

async function send(path: string, fields: Record<string, string>) {
  const form = posted({ attempt: randomBytes(16).toString('base64url'), ...fields });
  const answer = await fetch(`${gateway.url}${path}`, { ...form, redirect: 'manual' });
  return { status: answer.status, location: answer.headers.get('location') ?? '' };
}

async function page(id: string, lang = 'en'): Promise<string> {
  return (await (await fetch(`${gateway.url}/pay/${id}?lang=${lang}`)).text()).replaceAll('\u00a0', ' ');
}

/** What the buttons of a page copy, by the names beside them. */
function copiesOn(text: string): Record<string, string> {
  const rows = text.matchAll(/<dt>([^<]+)<\/dt><dd>.*?data-copy="([^"]*)"/gs);
  return Object.fromEntries([...rows].map(([, name = '', value = '']) => [name, value]));
}

describe('A payer who makes a transfer of his own', () => {
  it('is shown what he needs for it, each with a way to copy it, and sees the result when the money came', async () => {
    const id = await newPayment({ title: 'Trzy książki' });
    expect(await page(id)).toContain('<summary>Traditional transfer</summary>');
    expect(await send(`/pay/${id}/transfer`, { channel: 'wt' })).toEqual({ status: 303, location: `/pay/${id}` });
    const text = await page(id);
    const account = copiesOn(text)['Account number'] ?? '';
    expect(copiesOn(text)).toEqual({
      'Account number': expect.stringMatching(/^\d{26}$/),
      Amount: '1234.56',
      Recipient: 'Sklep Demo',
      Title: 'Trzy książki',
    });
    expect(text).toContain(
      `<strong>${account.replace(/^(..)(....)(....)(....)(....)(....)(....)$/, '$1 $2 $3 $4 $5 $6 $7')}</strong>`,
    );
    expect(text).toContain('PLN 1,234.56');
    expect(copiesOn(await page(id, 'pl'))).toMatchObject({ 'Numer konta': account, Kwota: '1234,56' });
    // Without scripts the buttons stay hidden, and the page turns slowly enough to be copied from.
    expect(text).toContain('<noscript><meta http-equiv="refresh" content="60"></noscript>');
    expect(text.match(/<button[^>]*data-copy/g)).toEqual(text.match(/<button[^>]* hidden data-copy/g));
    const [, bank = ''] = /href="(\/sandbox\/[^"]+)"/.exec(text) ?? [];
    const shown = await (await fetch(`${gateway.url}${bank}?lang=en`)).text();
    expect(shown).toContain('Make the transfer');
    expect(shown).not.toContain('Refuse it');
    await send(bank, { decision: 'leave' });
    expect(copiesOn(await page(id))['Account number']).toBe(account);
    await send(bank, { decision: 'approve' });
    await expect.poll(() => page(id), { timeout: 10_000 }).toContain('You paid PLN 1,234.56');
  });

  it('with split payment is offered only for an invoice that says what his bank needs', async () => {
    const position = { name: 'Kubek', quantity: 1, grossAmount: 123_456, taxStake: 'TAX_23', taxAmount: 23_085 };
    const buyer = { name: 'Kupiec sp. z o.o.', taxNumber: '5260250274', country: 'PL' };
    const id = await newPayment({ title: 'Kubek', invoice: { number: 'FV/1', buyer, positions: [position] } });
    expect(await page(id)).toContain('</svg>Transfer with split payment</span>');
    await send(`/pay/${id}/transfer`, { channel: 'wt_split' });
    expect(copiesOn(await page(id)).Title).toBe('/VAT/230,85/IDC/5260250274/INV/FV/1/TXT/Kubek');
    expect(await page(await newPayment())).not.toContain('split payment');
  });

  it('is shown the number also while the bank gives no answer', async () => {
    const id = await newPayment({ title: 'TEST-100012' });
    await send(`/pay/${id}/transfer`, { channel: 'wt' });
    const { status, transferAccount } = await gateway.database.prisma.transaction.findFirstOrThrow({
      where: { paymentId: id },
    });
    const text = await page(id);
    expect([status, copiesOn(text)['Account number']]).toEqual(['UNKNOWN', transferAccount]);
    expect(text).not.toContain('href="/sandbox/');
  });

  it('is told no day when the payment never expires', async () => {
    const id = await newPayment();
    await gateway.database.pool.query(`alter table payment disable trigger all`);
    await gateway.database.pool.query(`update payment set valid_until = $1 where id = $2::uuid`, [neverExpires, id]);
    await send(`/pay/${id}/transfer`, { channel: 'wt' });
    expect(await page(id)).toContain('usually takes one or two business days. You may close this page');
    expect(await page(id, 'pl')).toContain('jeden lub dwa dni robocze. Możesz zamknąć tę stronę');
  });

  it('abroad is shown the number with its country', async () => {
    const id = await newPayment({ currency: 'EUR' });
    await send(`/pay/${id}/transfer`, { channel: 'wt' });
    expect(copiesOn(await page(id))['Account number']).toMatch(/^PL\d{26}$/);
  });
});
