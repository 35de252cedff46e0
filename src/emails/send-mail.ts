import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { MailStatus } from '../kernel/db/generated/prisma/enums.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import type { EmailDeps } from './deps.ts';
import { delayAfter, sendMailJob } from './model.ts';
import { MailRefused } from './open-mail-sender.ts';
import { moveMail, readWaitingMail, type WaitingMail } from './store.ts';

/**
 * Tries to send a mail that waits. What the server does not take is tried again for two days, and then given up. A crash
 * after the server has taken it may send it twice, under one Message-ID. Without a server it is kept in the sandbox;
 * in production a process was started without its setting, and the try has failed.
 */
export async function sendMail(deps: EmailDeps, id: string): Promise<void> {
  const mail = await readWaitingMail(deps.database, id);
  if (!mail) return;
  if (!deps.sender && deps.keepsMails) return apply(deps, mail, { status: 'KEPT', error: null });
  try {
    if (!deps.sender) {
      deps.log.warn({ mail: id }, 'a mail cannot be sent, since this process has no SMTP_URL');
      throw new MailRefused('NO_SMTP_URL');
    }
    await deps.sender.send(mail);
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    const isLast = delayAfter(mail.tries + 1) === undefined;
    if (isLast) deps.log.error({ mail: id, reason: error.message }, 'a mail was given up');
    return apply(deps, mail, { status: isLast ? 'FAILED' : 'PENDING', error: error.message });
  }
  return apply(deps, mail, { status: 'SENT', error: null });
}

async function apply(
  { database, clock }: EmailDeps,
  mail: WaitingMail,
  { status, error }: { readonly status: MailStatus; readonly error: string | null },
): Promise<void> {
  const now = clock.now(mail);
  const { id, merchantId } = mail;
  const tries = mail.tries + (status === 'KEPT' ? 0 : 1);
  await inTransaction(database, async (tx) => {
    const sentAt = status === 'SENT' ? now : null;
    if (!(await moveMail(tx, { id, status, tries, error, sentAt, updatedAt: now }))) return;
    const delay = status === 'PENDING' ? delayAfter(tries) : undefined;
    if (delay) await setTimers(tx, [{ kind: sendMailJob, subject: id, merchantId, dueAt: after(now, delay) }]);
  });
}
