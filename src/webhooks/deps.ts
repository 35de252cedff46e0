import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { Seal } from '../kernel/seal.ts';
import type { RequestSender } from './send-request.ts';
import type { Places } from './share-places.ts';

/** What the verbs of webhooks are given; `sender` and `places` are one per process. */
export type WebhookDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Where payers reach the pages, without a slash at the end. */
  readonly publicUrl: string;
  readonly seal: Seal;
  readonly sender: RequestSender;
  readonly places: Places;
};
