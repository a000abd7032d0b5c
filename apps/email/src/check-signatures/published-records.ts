import { Resolver } from 'node:dns/promises';
import type { Clock } from '@app/kernel';

/** TXT records of a name, each in the pieces in which it is published. Fails as Node's resolver does, with a `code`. */
export type AskDns = (name: string) => Promise<readonly (readonly string[])[]>;

/** Injection token of {@link AskDns}; tests answer themselves. */
export const ASK_DNS = Symbol('ASK_DNS');

const QUESTION_TIMEOUT_MS = 2_000;

/** Asks the servers that the machine is set up with. */
export function askDns(): AskDns {
  const resolver = new Resolver({ timeout: QUESTION_TIMEOUT_MS, tries: 2 });
  return async (name) => await resolver.resolveTxt(name);
}

/** DNS gave no answer, or was not asked because it has given none lately. */
export class NoAnswerError extends Error {
  readonly code = 'ETIMEOUT';

  constructor(cause?: unknown) {
    super('DNS does not answer', { cause });
  }
}

/** That there is nothing is an answer. */
const NOTHING: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);
const isAnswer = (error: unknown): boolean => NOTHING.has((error as { code?: unknown }).code);

/** Keys are changed days before they are used; one that is taken back stops to count within the hour. */
const KEEP_FOUND_MS = 3_600_000;
const KEEP_NOTHING_MS = 300_000;
const KEEP_FAILURE_MS = 30_000;
const MAX_NAMES = 5_000;
/** After so many questions without an answer in a row, nothing is asked for a while. */
const SILENT_AFTER = 5;
const SILENCE_MS = 60_000;

interface Kept {
  readonly answer: Promise<string[][]>;
  until: number;
}

/**
 * What domains publish, asked for once and kept for an hour. While DNS does not answer at all nothing is asked: mails are not
 * held up by it. Safe to share within a process.
 */
export class PublishedRecords {
  private readonly kept = new Map<string, Kept>();
  private failures = 0;
  private silentUntil = 0;

  constructor(
    private readonly ask: AskDns,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws an error with the code `ENOTFOUND` or `ENODATA` when there is nothing under the name
   * @throws NoAnswerError
   */
  async textOf(name: string): Promise<string[][]> {
    const key = name.toLowerCase();
    const known = this.kept.get(key);
    if (known !== undefined && known.until > this.now()) return await known.answer;
    if (this.silentUntil > this.now()) throw new NoAnswerError();
    const kept: Kept = { answer: this.fetch(key), until: Number.POSITIVE_INFINITY };
    this.keep(key, kept);
    try {
      const records = await kept.answer;
      kept.until = this.now() + KEEP_FOUND_MS;
      return records;
    } catch (error) {
      kept.until = this.now() + (isAnswer(error) ? KEEP_NOTHING_MS : KEEP_FAILURE_MS);
      throw error;
    }
  }

  private async fetch(name: string): Promise<string[][]> {
    try {
      const records = await this.ask(name);
      this.failures = 0;
      return records.map((pieces) => [...pieces]);
    } catch (error) {
      if (isAnswer(error)) {
        this.failures = 0;
        throw error;
      }
      this.failures += 1;
      if (this.failures >= SILENT_AFTER) {
        this.failures = 0;
        this.silentUntil = this.now() + SILENCE_MS;
      }
      throw new NoAnswerError(error);
    }
  }

  /** The name that has been known longest makes room. */
  private keep(name: string, kept: Kept): void {
    this.kept.delete(name);
    if (this.kept.size >= MAX_NAMES) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(name, kept);
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
