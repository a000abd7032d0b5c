/**
 * Lets a loop sleep until something happens. A call to `wake` while nobody waits is remembered; several count as one.
 */
export class WakeUp {
  private pending = false;
  private resume: (() => void) | undefined;

  wake(): void {
    this.pending = true;
    this.resume?.();
  }

  /** Waits for a call of `wake`, at most `timeoutMs`. @returns whether it was called */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!this.pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.resume = undefined;
    const called = this.pending;
    this.pending = false;
    return called;
  }
}
