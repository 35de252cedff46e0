import { Refusal } from '../kernel/errors.ts';

/** This gateway sends no mails. */
export class MailNotAvailable extends Refusal {
  readonly code = 'MAIL_NOT_AVAILABLE';

  constructor() {
    super('This gateway sends no mails, since no SMTP_URL is set; order reports by createReport instead.');
  }
}
