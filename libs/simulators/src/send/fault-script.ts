import type { SendAnswer } from './send-api.js';

/** What goes wrong with a call. */
export type Fault =
  /** It is refused or fails, and nothing is done. */
  | { readonly kind: 'answer'; readonly answer: SendAnswer }
  /** Nothing is done, and nothing is answered for as long as the caller waits. */
  | { readonly kind: 'silence' }
  /** The line is cut before anything is done. */
  | { readonly kind: 'cut_before' }
  /** It is done, and the line is cut before the answer: the caller cannot know. */
  | { readonly kind: 'cut_after' }
  /** The same, with an answer that cannot be read. */
  | { readonly kind: 'garbled' };

/** What goes wrong with the next calls, in order; after them all is well. */
export class FaultScript {
  private readonly faults: Fault[] = [];

  next(fault: Fault, times = 1): void {
    for (let count = 0; count < times; count += 1) this.faults.push(fault);
  }

  take(): Fault | undefined {
    return this.faults.shift();
  }
}
