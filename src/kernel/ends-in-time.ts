/** Waits for the end of some work, whatever it is; false when it takes longer than the patience lasts. */
export async function endsInTime(work: Promise<unknown>, patience: { readonly ms: number }): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, patience.ms, false);
  });
  const ended = work.then(() => true);
  // Nobody waits for it any more once it is overdue.
  ended.catch(() => {});
  try {
    return await Promise.race([ended, overdue]);
  } finally {
    clearTimeout(timer);
  }
}
