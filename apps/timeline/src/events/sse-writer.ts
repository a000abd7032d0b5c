import type { ServerResponse } from 'node:http';

/** Writes `text/event-stream` (WHATWG HTML, section 9.2). */
export class SseWriter {
  constructor(private readonly response: ServerResponse) {}

  /** Bytes handed over that the connection has not taken yet. */
  get unsentBytes(): number {
    return this.response.writableLength;
  }

  /** Sets the place from which a browser resumes, without an event: a block without data is not dispatched. */
  mark(id: string, options: { readonly retryMs?: number } = {}): void {
    const retry = options.retryMs === undefined ? '' : `retry: ${options.retryMs}\n`;
    this.response.write(`${retry}id: ${id}\n\n`);
  }

  /** @param data one line: JSON without line breaks */
  event(type: string, data: string, id?: string): void {
    this.response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${data}\n\n`);
  }

  comment(text: string): void {
    this.response.write(`: ${text}\n\n`);
  }

  /**
   * Waits until the connection has taken everything.
   *
   * @returns false when it took too long or `abort` fired
   */
  async drained(timeoutMs: number, abort: AbortSignal): Promise<boolean> {
    if (!this.response.writableNeedDrain) return true;
    if (abort.aborted) return false;
    return await new Promise<boolean>((resolve) => {
      const finish = (drained: boolean) => (): void => {
        clearTimeout(limit);
        this.response.off('drain', onDrain);
        abort.removeEventListener('abort', onAbort);
        resolve(drained);
      };
      const onDrain = finish(true);
      const onAbort = finish(false);
      const limit = setTimeout(onAbort, timeoutMs);
      this.response.once('drain', onDrain);
      abort.addEventListener('abort', onAbort);
    });
  }
}
