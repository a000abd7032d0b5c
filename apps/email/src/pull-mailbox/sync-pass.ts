import type { ParsedMail, PulledMail } from '@app/channels';
import type { MailboxSession, MailMeta } from './mailbox-session.js';
import { advance, HISTORY_WINDOW, type Cursor, type MailboxState } from './mailbox-state.js';
import { planFetches, type FetchPlan } from './plan-fetches.js';

/** What a pass works with. */
export interface PassParts {
  readonly session: Pick<MailboxSession, 'uidsFrom' | 'uidsBetween' | 'describe' | 'fetch'>;
  readonly folder: string;
  readonly maxMailBytes: number;
  /** Makes events of mails; never rejects for what they hold. */
  read(mails: readonly PulledMail[]): Promise<readonly ParsedMail[]>;
  /** Makes mails durable, in order. */
  keep(mails: readonly ParsedMail[]): Promise<void>;
  /** Makes a state durable, after what it says was acknowledged. */
  save(state: MailboxState): Promise<void>;
  /** Called before each step; throws to stop between two. */
  checkpoint(): Promise<void>;
  /** UIDs that were listed but are gone, older than the history goes, or not sent yet. */
  skipped(count: number, why: 'vanished' | 'older' | 'draft'): void;
  /** How far the history is. */
  progress(done: number, of: number): void;
}

const DESCRIBE_AT_ONCE = 400;
const FETCH_AT_ONCE = { maxMails: 200, maxBytes: 8 * 1_048_576 };

/** Mails on their way: fetched and read, not kept yet. */
interface Underway {
  readonly plan: FetchPlan;
  readonly fetched: readonly PulledMail[];
  readonly parsed: readonly ParsedMail[];
}

/**
 * Fetches new mail of a folder and makes it durable, then moves the checkpoint; in order of UIDs. While some mails are stored
 * the next ones are fetched and read, no more than that: memory does not grow with the mailbox. One pass at a time.
 */
export class SyncPass {
  constructor(
    private readonly parts: PassParts,
    private state: MailboxState,
  ) {}

  /** As last saved. */
  get reached(): MailboxState {
    return this.state;
  }

  /** Everything that arrived since. */
  async live(): Promise<void> {
    const uids = await this.parts.session.uidsFrom(this.state.lastUid + 1);
    await this.take('live', uids, uids.at(-1) ?? this.state.lastUid);
  }

  /** One window of the history. @returns whether there is more */
  async historyStep(): Promise<boolean> {
    const { history } = this.state;
    if (history === undefined) return false;
    const to = Math.min(history.end, history.next + HISTORY_WINDOW - 1);
    const since = history.since === undefined ? undefined : new Date(history.since);
    // SINCE knows days only, in the server's zone.
    const day = since === undefined ? undefined : new Date(since.getTime() - 86_400_000);
    const uids = await this.parts.session.uidsBetween(history.next, to, day);
    await this.take('history', uids, to, since);
    this.parts.progress(to, history.end);
    return to < history.end;
  }

  private async take(cursor: Cursor, uids: readonly number[], through: number, since?: Date): Promise<void> {
    for (let start = 0; start < uids.length; start += DESCRIBE_AT_ONCE) {
      const some = uids.slice(start, start + DESCRIBE_AT_ONCE);
      await this.parts.checkpoint();
      const found = await this.parts.session.describe(some);
      this.parts.skipped(some.length - found.length, 'vanished');
      const sent = found.filter(({ isDraft }) => isDraft !== true);
      this.parts.skipped(found.length - sent.length, 'draft');
      const wanted = sent.filter(({ internalDate }) => !since || !internalDate || internalDate >= since);
      this.parts.skipped(sent.length - wanted.length, 'older');
      await this.takeDescribed(cursor, wanted);
    }
    if (cursor === 'history' || through > this.state.lastUid) await this.move(cursor, through);
  }

  private async takeDescribed(cursor: Cursor, metas: readonly MailMeta[]): Promise<void> {
    const limits = { ...FETCH_AT_ONCE, maxMailBytes: this.parts.maxMailBytes };
    const plans = planFetches(metas, this.state.trouble, limits);
    let next = plans[0] && this.bring(cursor, plans[0], metas);
    for (let index = 0; next !== undefined; index += 1) {
      const { plan, fetched, parsed } = await next;
      await this.parts.checkpoint();
      const following = plans[index + 1];
      next = following && this.bring(cursor, following, metas);
      try {
        await this.finish(cursor, { plan, fetched, parsed });
      } catch (error) {
        // The connection belongs to one command at a time: what is under way ends before anybody goes on.
        await Promise.allSettled([next]);
        throw error;
      }
    }
  }

  private async bring(cursor: Cursor, plan: FetchPlan, metas: readonly MailMeta[]): Promise<Underway> {
    const fetched = await this.fetch(cursor, plan, metas);
    return { plan, fetched, parsed: await this.parts.read(fetched) };
  }

  private async finish(cursor: Cursor, { plan, fetched, parsed }: Underway): Promise<void> {
    this.parts.skipped(plan.uids.length - fetched.length, 'vanished');
    if (parsed.length > 0) await this.parts.keep(parsed);
    const dates = fetched.flatMap(({ internalDate }) => internalDate ?? []);
    await this.move(cursor, plan.uids.at(-1)!, newestOf(dates));
  }

  private async fetch(cursor: Cursor, plan: FetchPlan, metas: readonly MailMeta[]): Promise<readonly PulledMail[]> {
    const known = new Map(metas.map((meta) => [meta.uid, meta]));
    const fetched = await this.parts.session.fetch(plan);
    return fetched.map(({ uid, source }) => ({
      uid,
      source,
      extent: plan.extent,
      sizeBytes: known.get(uid)!.sizeBytes,
      internalDate: known.get(uid)!.internalDate,
      folder: this.parts.folder,
      uidValidity: this.state.uidValidity,
      backfill: cursor === 'history' && this.state.history?.backfill === true,
    }));
  }

  private async move(cursor: Cursor, through: number, internalDate?: Date): Promise<void> {
    const next = advance(this.state, cursor, { through, internalDate });
    await this.parts.save(next);
    this.state = next;
  }
}

const newestOf = (dates: readonly Date[]): Date | undefined =>
  dates.length === 0 ? undefined : new Date(Math.max(...dates.map((date) => date.getTime())));
