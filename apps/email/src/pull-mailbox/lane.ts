/**
 * Runs pieces of work one after another, in the order in which they were handed in. After one has failed none that
 * follows runs: it fails with the same error.
 */
export class Lane {
  private last: Promise<unknown> = Promise.resolve();

  /** @param needs what must have happened first, besides the work before it in this lane */
  run<Need, Result>(needs: Promise<Need>, work: (need: Need) => Promise<Result>): Promise<Result> {
    const before = this.last;
    const result = (async () => {
      // Both are waited for, so that the error which is told is the one of the earlier work.
      await before;
      return await work(await needs);
    })();
    // Without its result, which may be many bytes that nobody needs any more.
    this.last = result.then(() => undefined);
    // Whoever handed the work in is told of its failure; here it only stops the lane.
    this.last.catch(() => undefined);
    return result;
  }
}
