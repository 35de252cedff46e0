import { Refusal } from '../errors.ts';

/** The cursor is none of ours, belongs to another shop, or points past the end of the log. */
export class CursorInvalid extends Refusal {
  readonly code = 'CURSOR_INVALID';

  constructor(field?: readonly string[]) {
    super('This cursor was not issued for events of this shop; send back a cursor exactly as you received it.', field);
  }
}

/** Events that follow the cursor are no longer kept, so nothing can go on from it without a gap. */
export class CursorExpired extends Refusal {
  readonly code = 'CURSOR_EXPIRED';

  constructor(field?: readonly string[]) {
    super(
      'Events after this cursor are no longer kept; take the endOfLog of events(first: 0), read the present state, then go on from that cursor.',
      field,
    );
  }
}

/** A live subscriber fell too far behind; he goes on from `cursor`, and nothing is lost. */
export class SlowConsumer extends Refusal {
  readonly code = 'SLOW_CONSUMER';
  /** Cursor of the last event that was handed to the subscriber, or of one after it that he had not asked for. */
  readonly cursor: string;

  constructor(cursor: string) {
    super('Events were read too slowly; subscribe again with the cursor that comes with this error.');
    this.cursor = cursor;
  }
}
