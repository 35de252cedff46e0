import { Refusal } from '../kernel/errors.ts';
import { schedulesMax, waitingReportsMax } from './model.ts';

/** As many reports of the merchant wait as may. */
export class TooManyReports extends Refusal {
  readonly code = 'TOO_MANY_REPORTS';

  constructor() {
    super(`${waitingReportsMax} reports of yours are still to be made; wait until one of them is ready.`);
  }
}

/** As many schedules of the merchant go on as may. */
export class TooManySchedules extends Refusal {
  readonly code = 'TOO_MANY_SCHEDULES';

  constructor() {
    super(`${schedulesMax} schedules of yours go on; end one of them by unscheduleReport first.`);
  }
}

/** This gateway sends no mails. */
export class MailNotAvailable extends Refusal {
  readonly code = 'MAIL_NOT_AVAILABLE';

  constructor() {
    super('This gateway sends no mails, since no SMTP_URL is set; order reports by createReport instead.');
  }
}
