import type { CommentRefusal } from '@app/channels';
import { AppError } from '@app/kernel';

/** Refusals that have nothing to do with what was asked for; the same call may be answered later. */
export const PASSING: ReadonlySet<PollError['kind']> = new Set(['quota', 'limited', 'away'] as const);

/** The provider is away or refuses. */
export class PollError extends AppError {
  readonly code = 'provider_unavailable';
  readonly retryable = true;

  /**
   * @param reason the provider's word, or ours
   * @param kind `away`: it says nothing that can be read
   */
  constructor(
    readonly reason: string,
    readonly kind: CommentRefusal['kind'] | 'away',
    readonly retryAfterMs: number | undefined = undefined,
  ) {
    super(`The provider gives no comments (${reason})`);
  }
}
