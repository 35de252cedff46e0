import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AcquirerAnswer, StartOrder } from '../../src/acquirers/port.ts';
import { testCards } from '../../src/cards/test-cards.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';
import { type CardDesk, openCardDesk } from './card-desk.ts';
import { openForEach } from './open-for-each.ts';
import { neverAborted } from './under-test.ts';

let database: Database;
let desk: CardDesk;

openForEach(async (opened) => {
  database = opened;
  desk = await openCardDesk(opened);
});

type Secure = 'no' | 'challenge' | 'challenge, after a soft decline' | 'frictionless';
type Told = 'at once' | 'later' | 'twice' | 'after the challenge' | 'when asked' | 'after it was cancelled';

/**
 * Every test card as docs/test-codes.md has it: its 3-D Secure, when its outcome is known, whether money comes of it, and
 * the last column of the documentation.
 */
const cards: readonly (readonly [number: string, Secure, Told, end: 'paid' | 'refused' | 'failed', codes: string])[] = [
  ['4111111111111111', 'no', 'at once', 'paid', ''],
  ['5555555555554444', 'no', 'at once', 'paid', ''],
  ['2223000048400011', 'no', 'at once', 'paid', ''],
  ['4012001037141112', 'challenge', 'after the challenge', 'paid', ''],
  ['4000000007000302', 'frictionless', 'later', 'paid', ''],
  ['5200000007000307', 'frictionless', 'later', 'paid', ''],
  ['4444333322221111', 'no', 'at once', 'refused', 'CODE_05, CODE_51 for 1.00'],
  ['4934403892699132', 'challenge', 'after the challenge', 'refused', 'CODE_05, CODE_51 for 1.00'],
  ['4012001007002005', 'no', 'at once', 'failed', ''],
  ['4485201817664006', 'no', 'at once', 'paid', ''],
  ['4749601201390567', 'challenge', 'after the challenge', 'paid', ''],
  ['4282513338596268', 'no', 'at once', 'paid', ''],
  ['4000000000000515', 'no', 'at once', 'refused', 'CODE_51'],
  ['4000000000000549', 'no', 'at once', 'refused', 'CODE_54'],
  ['4000000000000143', 'no', 'at once', 'refused', 'CODE_14'],
  [
    '4000000000000655',
    'challenge, after a soft decline',
    'after the challenge',
    'paid',
    'CODE_SD before the challenge',
  ],
  ['4000000000000663', 'challenge, after a soft decline', 'after the challenge', 'refused', 'CODE_570'],
  ['4000000007000005', 'no', 'when asked', 'paid', ''],
  ['4000000007000013', 'no', 'when asked', 'refused', 'CODE_05'],
  ['4000000007000021', 'no', 'twice', 'paid', ''],
  ['4000000007000039', 'no', 'after it was cancelled', 'paid', ''],
  ['4000000007000104', 'no', 'at once', 'paid', ''],
  ['4000000007000112', 'no', 'at once', 'paid', ''],
  ['4000000007000120', 'no', 'at once', 'paid', ''],
];

/** What each code means to a shop. */
const reasons: Readonly<Record<string, string>> = {
  CODE_05: 'ISSUER_DECLINED',
  CODE_14: 'CARD_INVALID',
  CODE_51: 'INSUFFICIENT_FUNDS',
  CODE_54: 'CARD_EXPIRED',
  CODE_570: 'AUTHENTICATION_FAILED',
};

/** What a payment looks like from outside, whose payer passes every challenge. */
type Seen = { readonly secure: string; readonly told: Told; readonly end: AcquirerAnswer };

/** Pays with a card, and does whatever it takes to learn the outcome; all that is told on the way must say the same. */
async function pay(number: string, values: Partial<StartOrder> = {}): Promise<Seen & { readonly order: StartOrder }> {
  const { order, answer } = await desk.pay({ cardToken: await desk.tokenise(number), ...values });
  if (answer.kind !== 'pending' && answer.kind !== 'silent') {
    expect(await desk.status(order)).toEqual(answer);
    await desk.letPass({ ms: 60_000 });
    expect(desk.sent).toEqual([]);
    return { order, secure: 'no', told: 'at once', end: answer };
  }
  const told = answer.kind === 'silent' ? 'when asked' : await waitFor(order, answer);
  const end = await desk.status(order);
  const word = { about: 'transaction', reference: order.reference, answer: end };
  expect(desk.words()).toEqual(told === 'when asked' ? [] : told === 'twice' ? [word, word] : [word]);
  return { order, secure: secureOf(answer), told, end };
}

/** Passes the challenge if there is one, and waits; in the end the order is stopped. */
async function waitFor({ reference }: StartOrder, answer: AcquirerAnswer): Promise<Told> {
  if (answer.kind === 'pending' && answer.redirect) {
    await desk.acquirer.decideOrder({ reference, decision: 'approve' });
    await desk.letPass({ ms: 1_000 });
    return 'after the challenge';
  }
  await desk.letPass({ ms: 1_000 });
  if (desk.sent.length > 0) return desk.sent.length > 1 ? 'twice' : 'later';
  await desk.letPass({ ms: 3_600_000 });
  expect(desk.sent).toEqual([]);
  await desk.acquirer.cancel(reference, neverAborted());
  await desk.letPass({ ms: 5_000 });
  return 'after it was cancelled';
}

function secureOf(answer: AcquirerAnswer): string {
  if (answer.kind !== 'pending' || !answer.redirect) return 'no';
  return answer.softDecline === 'CODE_SD' ? 'challenge, after a soft decline' : 'challenge';
}

function endOf(end: 'paid' | 'refused' | 'failed', codes: string, order: StartOrder): AcquirerAnswer {
  if (end === 'failed') return { kind: 'failed' };
  if (end === 'paid') return { kind: order.captureMode === 'MANUAL' ? 'authorized' : 'settled', amount: order.amount };
  const [code = ''] = codes.split(',');
  return { kind: 'rejected', reason: reasons[code], code } as AcquirerAnswer;
}

describe('A test card', () => {
  it('is in the documentation as it is here, and each of them is tested', () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/test-codes.md'), 'utf8');
    const rows = [...text.matchAll(/^\| ((?:\d{4} ){3}\d{4}) \| ([^|]+) \|[^|]+\|[^|]+\|([^|]*)\|$/gm)];
    const documented = rows.map(([, number = '', secure, codes = '']) => [
      number.replaceAll(' ', ''),
      secure,
      codes.trim(),
    ]);
    expect(documented).toEqual(cards.map(([number, secure, , , codes]) => [number, secure, codes]));
    expect(cards.map(([number]) => number).sort()).toEqual(Object.keys(testCards).sort());
  });

  describe.each<CaptureMode>(['AUTOMATIC', 'MANUAL'])('with %s capture', (captureMode) => {
    it.each(cards)('%s: 3-D Secure %s, told %s, %s %s', async (number, secure, told, end, codes) => {
      const seen = await pay(number, { captureMode });
      expect(seen).toEqual({
        order: seen.order,
        secure: secure === 'frictionless' ? 'no' : secure,
        told,
        end: endOf(end, codes, seen.order),
      });
    });
  });

  it.each(cards.filter(([, , , end]) => end === 'paid'))(
    '%s can be captured when it has authorised',
    async (number) => {
      const { order } = await pay(number, { captureMode: 'MANUAL' });
      const { answer, status } = await desk.move('capture', order, order.amount);
      await desk.letPass({ ms: 1_000 });
      const seen = [answer, await status()];
      const settled = { kind: 'settled' };
      const refused = { kind: 'rejected', code: 'CODE_57' };
      const special: Readonly<Record<string, object[]>> = {
        '4000000007000104': [refused, refused],
        '4000000007000112': [{ kind: 'silent' }, settled],
      };
      expect(seen).toEqual(special[number] ?? [{ kind: 'pending' }, settled]);
    },
  );

  it.each(cards.filter(([, , , end]) => end === 'paid'))(
    '%s can be released when it has authorised',
    async (number) => {
      const { order } = await pay(number, { captureMode: 'MANUAL' });
      const { answer, status } = await desk.move('void', order, order.amount);
      const settled = { kind: 'settled' };
      expect([answer, await status()]).toEqual([number === '4000000007000120' ? { kind: 'silent' } : settled, settled]);
    },
  );
});

describe('A card that is refused', () => {
  it.each([
    ['4444333322221111', 99n, 'CODE_05'],
    ['4444333322221111', 100n, 'CODE_51'],
    ['4444333322221111', 101n, 'CODE_05'],
    ['4934403892699132', 99n, 'CODE_05'],
    ['4934403892699132', 100n, 'CODE_51'],
    ['4934403892699132', 101n, 'CODE_05'],
    ['4000000000000549', 100n, 'CODE_54'],
    ['4000000000000143', 100n, 'CODE_14'],
    ['4000000000000663', 100n, 'CODE_570'],
  ])('%s for %d grosze: %s', async (number, amount, code) => {
    for (const captureMode of ['AUTOMATIC', 'MANUAL'] as const) {
      desk = await openCardDesk(database);
      const { end } = await pay(number, { amount, captureMode });
      expect(end).toEqual({ kind: 'rejected', reason: reasons[code], code });
    }
  });

  it('is not one that pays, though the amount is 1.00', async () => {
    const { end } = await pay('4111111111111111', { amount: 100n });
    expect(end).toEqual({ kind: 'settled', amount: 100n });
  });
});
