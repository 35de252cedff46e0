/** Does one job; it re-reads what the payload names and may run again at any time. */
export type JobHandler = (payload: { readonly [key: string]: string | number }) => Promise<void>;

/** The jobs of one slice by name. Timers become the job of their kind, with the payload `{subject, round}`. */
export type JobHandlers = { readonly [name: string]: JobHandler };

/** Takes a text out of a payload. @throws Error when it is missing: the job was enqueued wrongly. */
export function textOf(payload: { readonly [key: string]: string | number }, key: string): string {
  const value = payload[key];
  if (typeof value !== 'string') throw new Error(`The job's payload has no text under ${key}.`);
  return value;
}
