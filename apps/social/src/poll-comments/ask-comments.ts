import type { CommentAccess, MediaRequest } from '@app/channels';
import type { Download, DownloadRequest } from '@app/media';
import type { PollBudget } from './poll-budget.js';
import { PollError } from './poll-error.js';

/** What asks the provider: the guarded client, or a test's own. */
export interface CommentClient {
  download(request: DownloadRequest): Promise<Download>;
}

/** Asks within a budget, and says in one way what a refusal means. */
export class AskComments {
  constructor(
    private readonly access: CommentAccess,
    private readonly client: CommentClient,
    readonly budget: PollBudget,
  ) {}

  /** @throws PollError, StoreUnavailableError */
  async ask({ url, headers }: MediaRequest): Promise<Buffer> {
    await this.budget.spend();
    const { hosts, usage } = this.access;
    const answer = await this.client.download({
      url,
      hosts,
      refusals: true,
      ...(headers === undefined ? {} : { headers }),
      ...(usage === undefined ? {} : { tell: usage.headers }),
    });
    if ('headers' in answer && answer.headers !== undefined) this.budget.heard(answer.headers);
    if (answer.ok) return answer.bytes;
    const refused = answer.outcome === 'gone' ? answer.refusal : undefined;
    const refusal = refused === undefined ? undefined : this.access.refusalOf(refused);
    if (refusal === undefined)
      throw new PollError(answer.reason, 'away', answer.outcome === 'retry' ? answer.retryAfterMs : undefined);
    if (refusal.kind === 'quota' || refusal.kind === 'limited') await this.budget.refused(refusal.kind);
    throw new PollError(refusal.reason, refusal.kind);
  }
}
