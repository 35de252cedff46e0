/** Name of the job, and kind of the timer, that sends a mail; the subject is its id. */
export const sendMailJob = 'send_mail';

const minute = 60_000;

/** The waits between tries: a mail server that is out of order is asked for two days. */
const waits: readonly number[] = [1, 5, 15, 60, 360, 720, 1_440].map((minutes) => minutes * minute);

/** How long to wait after so many failed tries (1 and up) for the next one; undefined when the mail is given up. */
export function delayAfter(tries: number): { readonly ms: number } | undefined {
  const ms = waits[tries - 1];
  return ms === undefined ? undefined : { ms };
}
