/** lock_not_available. */
const busy = '55P03';

/** Waits for what may be left for another time when somebody holds a lock that it needs for longer than it waits (`lock_timeout`). */
export async function unlessBusy(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if ((error as { code?: string }).code !== busy) throw error;
  });
}
