import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { ReportDeps } from '../reports/deps.ts';
import type { MailSender } from './open-mail-sender.ts';

/** What mails need. */
export type EmailDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly reports: ReportDeps;
  /** Undefined: no mail server is set. */
  readonly sender: MailSender | undefined;
  /** Whether mails are kept and not sent when there is no server: in the sandbox. */
  readonly keepsMails: boolean;
};
