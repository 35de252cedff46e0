import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { ShopStatus } from '../kernel/db/generated/prisma/enums.ts';
import { NotFound } from '../kernel/errors.ts';
import { appendEvents } from '../kernel/events/append-events.ts';
import { clearTimers, setTimers } from '../kernel/jobs/timers.ts';
import { shopFact } from '../shops/events.ts';
import { mayMoveShop } from '../shops/model.ts';
import { moveShop, writeShopReview } from '../shops/sql/move-shop.ts';
import { findShopOwner } from '../shops/store.ts';
import type { ContractDeps } from './deps.ts';
import { WrongState } from './errors.ts';
import { timers } from './model.ts';
import { requireReason } from './review-application.ts';
import { type HeldShop, lockMerchant } from './store.ts';

/** What an operator may decide on a shop. */
export type ShopDecision = 'HOLD' | 'RELEASE' | 'REFUSE' | 'SUSPEND' | 'RESUME' | 'CLOSE';

/** Where the decisions lead that move a shop. */
const targets = { REFUSE: 'REFUSED', SUSPEND: 'SUSPENDED', RESUME: 'ACTIVE', CLOSE: 'CLOSED' } as const;

type Review = { readonly shopId: string; readonly decision: ShopDecision; readonly reason: string | undefined };

/**
 * Decides on a shop: holds one that waits for its review so that it does not open by itself, lets it go on, refuses it;
 * suspends one that sells, lets it sell again, closes a suspended one for good. Each is an entry of the audit log, each move
 * an event of the shop. The first shop waits with the application, and is refused with it.
 * @throws NotFound; ReasonMissing; WrongState when the shop stands otherwise.
 */
export async function reviewShop(
  tx: Tx,
  deps: Pick<ContractDeps, 'clock'> & { readonly operator: Operator },
  { shopId, decision, reason: given }: Review,
): Promise<void> {
  const merchantId = await findShopOwner(tx, shopId);
  const locked = merchantId === undefined ? undefined : await lockMerchant(tx, merchantId);
  const shop = locked?.shops.find(({ id }) => id === shopId);
  if (!locked || !shop) throw new NotFound('There is no shop with this id.', ['shopId']);
  const reason = requireReason(decision, given);
  const at = deps.clock.now({ clockOffsetMs: Number(locked.merchant.clockOffsetMs) });
  const { status } = locked.merchant;
  if (shop.status === 'SUBMITTED' && (status === 'APPLIED' || status === 'SIGNED')) {
    throw new WrongState('The first shop goes with the application: decide on that.');
  }
  if (decision === 'HOLD') await holdOrRelease(tx, shop, { heldReason: reason, at });
  else if (decision === 'RELEASE') await holdOrRelease(tx, shop, { heldReason: null, at });
  else await move(tx, shop, { to: targets[decision], decision, reason, at });
  const what = { actor: `operator:${deps.operator.keyId}`, action: `${decision}_SHOP`, subject: `shop:${shopId}` };
  await appendEntry(tx, { at, merchantId: shop.merchantId, ...what, data: reason === null ? {} : { reason } });
}

async function holdOrRelease(
  tx: Tx,
  shop: HeldShop,
  { heldReason, at }: { readonly heldReason: string | null; readonly at: Date },
): Promise<void> {
  const { id, merchantId, status, reviewDueAt: dueAt } = shop;
  if (status !== 'SUBMITTED') throw new WrongState(`The shop does not wait for a review: it is ${status}.`);
  if (heldReason === null && shop.heldReason === null) throw new WrongState('Nobody holds this shop.');
  await writeShopReview(tx, { id, dueAt, heldReason, at });
  const timer = { kind: timers.activateShop, subject: id };
  if (heldReason !== null) await clearTimers(tx, [timer]);
  else if (dueAt !== null) await setTimers(tx, [{ ...timer, merchantId, dueAt }]);
}

async function move(
  tx: Tx,
  { id, status }: HeldShop,
  wish: {
    readonly to: Exclude<ShopStatus, 'SUBMITTED'>;
    readonly decision: string;
    readonly reason: string | null;
    readonly at: Date;
  },
): Promise<void> {
  const { to, decision, reason, at } = wish;
  // A submitted shop is opened by its review, with all that belongs to it, and never resumed.
  if (!mayMoveShop(status, to) || (status === 'SUBMITTED' && to === 'ACTIVE')) {
    throw new WrongState(`A shop that is ${status} cannot be moved by ${decision}.`);
  }
  await moveShop(tx, { id, from: status, to, reason, at });
  await clearTimers(tx, [{ kind: timers.activateShop, subject: id }]);
  await appendEvents(tx, [shopFact({ id, status: to }, at)]);
}
