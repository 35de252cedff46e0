import type { EmailDeps } from './deps.ts';
import { openMailSender } from './open-mail-sender.ts';

/** Puts together what mails need: a mail server where one is set. */
export function openEmails(
  parts: Omit<EmailDeps, 'sender' | 'keepsMails'> & {
    readonly config: {
      readonly mode: 'sandbox' | 'production';
      readonly smtpUrl: string | undefined;
      readonly mailFrom: string | undefined;
    };
  },
): EmailDeps {
  const { database, clock, log, reports, config } = parts;
  const { mode, smtpUrl, mailFrom: from } = config;
  const sender = smtpUrl === undefined ? undefined : openMailSender({ smtpUrl, from, publicUrl: reports.publicUrl });
  return { database, clock, log, reports, sender, keepsMails: mode === 'sandbox' };
}
