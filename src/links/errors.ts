import { Refusal } from '../kernel/errors.ts';
import type { LinkStatus } from './model.ts';

/** Why a link makes no payment, as the end of the sentence. */
const reasons: { readonly [status in Exclude<LinkStatus, 'ACTIVE'>]: string } = {
  DISABLED: 'the shop has disabled it',
  EXPIRED: 'its time is over',
  USED_UP: 'all its uses are taken',
};

/** The payment link makes no payments any more. */
export class LinkNotActive extends Refusal {
  readonly code = 'LINK_NOT_ACTIVE';
  readonly status: Exclude<LinkStatus, 'ACTIVE'>;

  constructor(status: Exclude<LinkStatus, 'ACTIVE'>) {
    super(`This payment link makes no payments: ${reasons[status]}; create a new link.`, ['id']);
    this.status = status;
  }
}
