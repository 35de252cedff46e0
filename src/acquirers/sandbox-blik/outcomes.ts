import type { DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import type { BankApp, StartOrder } from '../port.ts';
import type { Script } from '../sandbox/model.ts';
import type { MovementCodes } from '../sandbox/movement-outcomes.ts';

/** The scheme's words for "no" that the simulator uses (imoje protocol, section 11), in the gateway's own words. */
export const refusals = {
  'BLK-ERROR-210000': 'GENERAL',
  'BLK-ERROR-210001': 'TECHNICAL',
  'BLK-ERROR-210002': 'ALIAS_DECLINED',
  'BLK-ERROR-210003': 'ALIAS_DECLINED',
  'BLK-ERROR-210005': 'CODE_INVALID',
  'BLK-ERROR-210006': 'CODE_EXPIRED',
  'BLK-ERROR-210009': 'PAYER_DECLINED',
  'BLK-ERROR-210011': 'NOT_CONFIRMED',
  'BLK-ERROR-210013': 'SECURITY',
  'BLK-ERROR-210014': 'LIMIT_EXCEEDED',
  'BLK-ERROR-210015': 'INSUFFICIENT_FUNDS',
  'BLK-ERROR-210016': 'ISSUER_DECLINED',
} as const satisfies Record<string, DeclineReason>;

/** Its words for "no" to a refund (imoje protocol, section 11). Nothing can be captured or voided: BLIK has no authorisation. */
export const movementCodes: MovementCodes = {
  ORDER_UNKNOWN: 'BLK-ERROR-210017',
  AMOUNT_EXCEEDED: 'BLK-ERROR-210021',
  TOO_LATE: 'BLK-ERROR-210020',
  IMPOSSIBLE: 'BLK-ERROR-210019',
};

/** Everything that can happen to an order (domain: sandbox outcomes). The paywall's sandbox bar uses the same names. */
export const scripts = {
  SETTLED: { told: 'later', end: 'paid' },
  TWO_APPS: { told: 'later', end: 'paid' },
  ALIAS_DECLINED_LATER: { told: 'later', end: 'paid' },
  ALIAS_UNKNOWN: { told: 'at-once', end: refuse('BLK-ERROR-210002') },
  ALIAS_DECLINED: { told: 'later', end: refuse('BLK-ERROR-210003') },
  TECHNICAL: { told: 'later', end: refuse('BLK-ERROR-210001') },
  PAYER_DECLINED: { told: 'later', end: refuse('BLK-ERROR-210009') },
  SECURITY: { told: 'later', end: refuse('BLK-ERROR-210013') },
  GENERAL: { told: 'later', end: refuse('BLK-ERROR-210000') },
  INSUFFICIENT_FUNDS: { told: 'later', end: refuse('BLK-ERROR-210015') },
  LIMIT_EXCEEDED: { told: 'later', end: refuse('BLK-ERROR-210014') },
  NOT_CONFIRMED: { told: 'confirmation-over', end: refuse('BLK-ERROR-210011') },
  ISSUER_DECLINED: { told: 'later', end: refuse('BLK-ERROR-210016') },
  CODE_INVALID: { told: 'at-once', end: refuse('BLK-ERROR-210005') },
  CODE_EXPIRED: { told: 'at-once', end: refuse('BLK-ERROR-210006') },
  UNKNOWN_THEN_SETTLED: { told: 'when-asked', end: 'paid' },
  UNKNOWN_THEN_REJECTED: { told: 'when-asked', end: refuse('BLK-ERROR-210000') },
  TOLD_TWICE: { told: 'later', end: 'paid', times: 2 },
  PAID_LATE: { told: 'after-cancel', end: 'paid' },
} as const satisfies Record<string, Script>;

type ScriptName = keyof typeof scripts;

function refuse(code: keyof typeof refusals): { readonly code: string } {
  return { code };
}

/** What each BLIK code does; any other code settles (domain: sandbox outcomes). */
export const scriptOfCode: { readonly [blikCode: string]: ScriptName } = {
  '912111': 'ALIAS_DECLINED',
  '927111': 'TECHNICAL',
  '956111': 'TECHNICAL',
  '934111': 'PAYER_DECLINED',
  '969111': 'SECURITY',
  '961111': 'GENERAL',
  '960111': 'INSUFFICIENT_FUNDS',
  '990111': 'LIMIT_EXCEEDED',
  '949111': 'NOT_CONFIRMED',
  '989111': 'NOT_CONFIRMED',
  '902111': 'ISSUER_DECLINED',
  '700005': 'CODE_INVALID',
  '700006': 'CODE_EXPIRED',
  '700000': 'UNKNOWN_THEN_SETTLED',
  '700001': 'UNKNOWN_THEN_REJECTED',
  '700002': 'TOLD_TWICE',
  '700003': 'PAID_LATE',
  '700010': 'TWO_APPS',
  '700011': 'ALIAS_DECLINED_LATER',
};

const oneApp: BankApp = { key: 'app-1', label: 'Simulated bank app' };
const otherApp: BankApp = { key: 'app-2', label: 'Other simulated bank app' };

/** The bank apps that hold the alias which an order with this script has registered. */
export function appsOfAlias(script: string): readonly BankApp[] {
  return script === 'TWO_APPS' ? [oneApp, otherApp] : [oneApp];
}

/**
 * Chooses what happens to an order that an alias pays.
 * @param registered the script of the order that registered the alias; undefined when none did.
 */
export function scriptForAlias(
  registered: string | undefined,
  { alias, title }: Pick<StartOrder, 'alias' | 'title'>,
): ScriptName {
  if (title === errorTitle) return 'TECHNICAL';
  if (registered === 'ALIAS_DECLINED_LATER') return 'ALIAS_DECLINED';
  const apps = registered === undefined ? [] : appsOfAlias(registered);
  const chosen =
    apps.length === 1 && alias?.appKey === undefined ? apps : apps.filter(({ key }) => key === alias?.appKey);
  return chosen.length === 1 ? 'SETTLED' : 'ALIAS_UNKNOWN';
}

/** A payment with this title meets a provider error, whatever its code (imoje protocol, section 12). */
const errorTitle = 'TEST-100010';

/** How long a code is good after the payer typed it: 120 seconds (domain: methods). */
const codeGoodMs = 120_000;

/** Chooses what happens to an order that arrives at a moment of its merchant's clock. */
export function scriptFor(order: Pick<StartOrder, 'blikCode' | 'title' | 'enteredAt'>, now: Date): ScriptName {
  if (now.getTime() - order.enteredAt.getTime() > codeGoodMs) return 'CODE_EXPIRED';
  if (order.title === errorTitle) return 'TECHNICAL';
  const code = order.blikCode ?? '';
  if (!/^\d{6}$/.test(code)) return 'CODE_INVALID';
  return scriptOfCode[code] ?? 'SETTLED';
}
