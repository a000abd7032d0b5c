/**
 * Runs tasks in their order, at most `limit` at a time.
 *
 * @param start called for each item; a rejection stops the start of further ones and is thrown on
 */
export async function runBounded<T>(
  items: readonly T[],
  limit: number,
  start: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await start(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
