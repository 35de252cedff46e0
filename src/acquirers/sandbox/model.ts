import { after } from '../../kernel/clock.ts';
import type { CaptureMode, Currency, DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import type { Channel } from '../../shops/model.ts';
import type { PayerPageKind } from '../payer-page.ts';
import type { Acquirer, AcquirerAnswer, BankApp, StartOrder } from '../port.ts';
import type { MovementCodes, MovementScriptName } from './movement-outcomes.ts';

/** What a simulated acquirer does with an order. */
export type Script = {
  /**
   * When the outcome becomes known: in the answer to the call; by notification after the shop's delay, when the 60
   * seconds for the confirmation are over, or 5 seconds after the order was cancelled; only to whoever asks, since the
   * call is never answered; or once the payer has decided on the page he is sent to.
   */
  readonly told: 'at-once' | 'later' | 'confirmation-over' | 'after-cancel' | 'when-asked' | 'by-payer';
  /** Money taken (or authorised, if that was asked for), an error of the acquirer's own, or the code of a refusal. */
  readonly end: 'paid' | 'failed' | { readonly code: string };
  /** How often the same notification is sent. */
  readonly times?: 2;
  /** Code of the soft decline after which the payer is challenged. */
  readonly softDecline?: string;
  /** What happens to captures and voids of it; undefined: they settle. */
  readonly capture?: MovementScriptName;
  readonly void?: MovementScriptName;
};

/** How one simulated acquirer behaves: the data by which the simulator plays it. */
export type Behaviour = Pick<Acquirer, 'name' | 'channels' | 'capabilities' | 'unavailability' | 'allotAccount'> & {
  /** Every script by its name; orders remember the name. */
  readonly scripts: Readonly<Record<string, Script>>;
  /** Chooses the script of an order that arrives at a moment of its merchant's clock. */
  scriptFor(order: StartOrder, now: Date): string | Promise<string>;
  /** Its words for "no" to an order, in the gateway's own. */
  readonly refusals: Readonly<Record<string, DeclineReason>>;
  /** The refusal of an order that was stopped in time. */
  readonly stoppedCode: string;
  readonly movementCodes: MovementCodes;
  /** True when payers confirm in an app within 60 seconds. */
  readonly confirmsInApp: boolean;
  /** For scripts that are told by the payer. */
  readonly page?: PayerPage;
  /** The bank apps that hold the alias which an order has registered; undefined when it registers none. */
  appsOf?(order: Pick<SandboxOrder, 'channel' | 'script'>): readonly BankApp[] | undefined;
};

/** The page on which a payer decides, as at a bank or a lender. */
export type PayerPage = {
  readonly kind: PayerPageKind;
  readonly refusedCode: string;
  readonly lapsedCode: string;
  /** How long it waits for the payer's decision. */
  readonly lapses: { readonly ms: number };
  /** True when the payer is not sent there: he goes wherever he makes his transfer. */
  readonly goesHimself?: true;
  /** How many times the shop's delay pass until the outcome of a decision is told; undefined: once. */
  readonly delays?: number;
};

/** Kinds of the timers that drive a simulated acquirer; their subjects are references of orders and movements. */
export function timerKinds({ name }: Pick<Behaviour, 'name'>) {
  return {
    tell: `${name}-tell`,
    confirmationOver: `${name}-confirmation-over`,
    lapse: `${name}-lapse`,
    tellMovement: `${name}-tell-movement`,
  } as const;
}

/** How long the payer has to confirm in the bank app: 60 seconds (domain: methods). */
export const confirmation = { ms: 60_000 };

/** How long after a cancellation the money that was on its way is told (domain: sandbox outcomes). */
export const lateMoney = { ms: 5_000 };

/** How long authorised money can be captured: seven days (domain: states). */
export const authorization = { ms: 7 * 24 * 3_600_000 };

/** What a simulated acquirer knows of an order. */
export type SandboxOrder = {
  readonly reference: string;
  readonly merchantId: string;
  readonly channel: Channel;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly captureMode: CaptureMode;
  readonly script: string;
  readonly status: OrderStatus;
  /** The refusal it ended with; null while it has not, or has not so. */
  readonly code: string | null;
  readonly delayMs: number;
  readonly returnUrl: string;
  readonly shopName: string;
  /** By the merchant's clock, as all times here. */
  readonly createdAt: Date;
  /** When it came into its state. */
  readonly updatedAt: Date;
};

/** `CANCELLED`: stopped before it was decided; `RELEASED`: authorised, and what was left of it given up. */
export type OrderStatus = 'PENDING' | 'AUTHORIZED' | 'SETTLED' | 'REJECTED' | 'FAILED' | 'CANCELLED' | 'RELEASED';

/** The state of an order and, when it was refused, why. */
export type OrderEnd = Pick<SandboxOrder, 'status' | 'code'>;

/** Looks a script up. */
export function scriptNamed({ scripts }: Pick<Behaviour, 'scripts'>, name: string): Script {
  const script = scripts[name];
  if (!script) throw new Error(`A simulated acquirer has no script ${name}.`);
  return script;
}

/** The state in which an order is remembered first: over already, unless its outcome is for later. */
export function firstEnd(script: Script, captureMode: CaptureMode): OrderEnd {
  const over = script.told === 'at-once' || script.told === 'when-asked';
  return over ? lastEnd(script, captureMode) : { status: 'PENDING', code: null };
}

/** The state in which an order ends when nobody stops it. */
export function lastEnd({ end }: Script, captureMode: CaptureMode): OrderEnd {
  if (end === 'paid') return { status: captureMode === 'MANUAL' ? 'AUTHORIZED' : 'SETTLED', code: null };
  return end === 'failed' ? { status: 'FAILED', code: null } : { status: 'REJECTED', code: end.code };
}

/** Says whether an order can still come to its end: one that was cancelled cannot, unless its money was on its way. */
export function mayFinish(order: Pick<SandboxOrder, 'status'>, script: Script): boolean {
  return order.status === 'PENDING' || (order.status === 'CANCELLED' && script.told === 'after-cancel');
}

/**
 * What the acquirer says of an order. One that was stopped in time, or released, counts as refused: the schemes have no
 * word of their own for it, and our attempt is over anyway.
 */
export function answerOf(simulation: { behaviour: Behaviour; publicUrl: string }, order: SandboxOrder): AcquirerAnswer {
  const { behaviour, publicUrl } = simulation;
  const script = scriptNamed(behaviour, order.script);
  if (mayFinish(order, script)) {
    const url = `${publicUrl}/sandbox/${order.reference}`;
    return {
      kind: 'pending',
      ...(behaviour.confirmsInApp ? { confirmUntil: after(order.createdAt, confirmation) } : {}),
      ...(script.told === 'by-payer' && !behaviour.page?.goesHimself
        ? { redirect: { url, httpMethod: 'GET', fields: [] } }
        : {}),
      ...(script.softDecline === undefined ? {} : { softDecline: script.softDecline }),
    };
  }
  switch (order.status) {
    case 'SETTLED': {
      const apps = behaviour.appsOf?.(order);
      return { kind: 'settled', amount: order.amount, ...(apps && { apps }) };
    }
    case 'AUTHORIZED':
      return { kind: 'authorized', amount: order.amount };
    case 'FAILED':
      return { kind: 'failed' };
    default:
      return rejected(behaviour, order.code ?? behaviour.stoppedCode);
  }
}

/** The refusal that a code of an acquirer stands for. */
export function rejected({ refusals }: Pick<Behaviour, 'refusals'>, code: string): AcquirerAnswer {
  const reason = refusals[code];
  if (!reason) throw new Error(`A simulated acquirer refuses with ${code}, which is no word of its own.`);
  return { kind: 'rejected', reason, code };
}
