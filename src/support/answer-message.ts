import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import { WrongState } from '../contracts/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { SupportMessage } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput, NotFound } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { parseText } from '../kernel/text.ts';
import { readMerchantClocks } from '../merchants/store.ts';
import { writeShopAddress } from '../shops/sql/write-shop-settings.ts';
import { decisions, type MessageDecision } from './model.ts';
import { endMessage, readMessage } from './store.ts';

type Answer = {
  readonly messageId: string;
  readonly decision: MessageDecision;
  /** Needed unless an address is approved; the merchant reads it. */
  readonly answer: string | undefined;
};

/**
 * Answers a message, or approves or refuses the new address that it asks for; an approved one is the shop's at once. Kept in
 * the audit log.
 * @throws NotFound; InvalidInput without an answer or with one over 2,000 characters; WrongState when it was answered before,
 * or asks for no address and is to be approved or refused, or asks for one and is to be answered only.
 */
export async function answerMessage(
  tx: Tx,
  deps: { readonly clock: Clock; readonly operator: Operator },
  { messageId, decision, answer: given }: Answer,
): Promise<SupportMessage> {
  const found = await readMessage(tx, messageId);
  if (!found) throw new NotFound('There is no message with this id.', ['messageId']);
  const text = given?.trim() ?? '';
  if (text === '' && decision !== 'APPROVE') throw new InvalidInput('Write an answer for the merchant.', ['answer']);
  const answer = text === '' ? null : parseText(text, 'answer', { max: 2_000, lines: true });
  const { merchantId, shopId, newUrl } = found;
  const asksForAddress = newUrl !== null && shopId !== null;
  if (asksForAddress === (decision === 'ANSWER')) {
    throw new WrongState(
      asksForAddress
        ? 'This message asks for an address: approve or refuse it.'
        : 'This message asks for no address: answer it.',
    );
  }
  const at = deps.clock.now((await readMerchantClocks(tx, [merchantId])).get(merchantId));
  if (shopId !== null) await lockShops(tx, [shopId]);
  const ended = await endMessage(tx, { id: messageId, status: decisions[decision], answer, at });
  if (!ended)
    throw new WrongState(`The message was dealt with already: it is ${(await readMessage(tx, messageId))?.status}.`);
  if (asksForAddress && decision === 'APPROVE') await writeShopAddress(tx, { shopId, url: newUrl, at });
  const what = {
    actor: `operator:${deps.operator.keyId}`,
    action: `${decision}_MESSAGE`,
    subject: `message:${messageId}`,
  };
  await appendEntry(tx, { at, merchantId, ...what, data: asksForAddress ? { shopId, newUrl, answer } : { answer } });
  return ended;
}
