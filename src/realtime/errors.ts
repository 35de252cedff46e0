import { RateLimited } from '../kernel/errors.ts';

/** The feed ends because this process stops; whoever follows goes on elsewhere from his last cursor. */
export class FeedClosed extends Error {
  constructor() {
    super('This process is stopping; subscribe again with the last cursor.');
    this.name = 'FeedClosed';
  }
}

/** The log could not be read further for one follower, who can go on behind the cursor. */
export class LogUnread extends Error {
  readonly cursor: string;

  constructor(cause: unknown, cursor: string) {
    super('The log could not be read further.', { cause });
    this.name = 'LogUnread';
    this.cursor = cursor;
  }
}

/** A key has as much open in this process as it may; nobody knows when something of it ends. */
export class TooMuchOpen extends RateLimited {
  constructor(max: number) {
    super(`One API key may have ${max} subscriptions and WebSockets open; end some, and come again.`, { ms: 10_000 });
  }
}
