import type { ParsedMail, PulledMail } from '@app/channels';
import type { Clock } from '@app/kernel';
import { MailLine, type LineLimits } from './mail-line.js';
import type { MailboxSession, MailMeta } from './mailbox-session.js';
import { advance, HISTORY_WINDOW, type Cursor, type MailboxState } from './mailbox-state.js';
import { planFetches, type FetchPlan } from './plan-fetches.js';

/** What a pass works with. */
export interface PassParts {
  readonly session: Pick<MailboxSession, 'uidsFrom' | 'uidsBetween' | 'uidsWithin' | 'describe' | 'fetch'>;
  readonly folder: string;
  readonly maxMailBytes: number;
  readonly clock: Clock;
  /** Makes events of mails; never rejects for what they hold. */
  read(mails: readonly PulledMail[]): Promise<readonly ParsedMail[]>;
  /** Makes the bytes of mails durable. @returns whether all of them could be */
  store(mails: readonly ParsedMail[]): Promise<boolean>;
  /** Makes the events of mails durable, in order; of mails that could not be stored together one by one. */
  append(mails: readonly ParsedMail[], areStored: boolean): Promise<void>;
  /** Makes a state durable, after what it says was acknowledged. */
  save(state: MailboxState): Promise<void>;
  /** Called before each step; throws to stop between two. */
  checkpoint(): Promise<void>;
  /** UIDs that were listed but are gone, older than the history goes, or not sent yet. */
  skipped(count: number, why: 'vanished' | 'older' | 'draft'): void;
  /** Called whenever a state was saved. */
  moved(): void;
  /** How far the history is. */
  progress(done: number, of: number): void;
}

const DESCRIBE_AT_ONCE = 400;
const FETCH_AT_ONCE = { maxMails: 200, maxBytes: 8 * 1_048_576 };
/** One batch at each step, and one that waits. */
const UNDERWAY: LineLimits = { maxBatches: 6, maxBytes: 24 * 1_048_576 };

/** Which mails are taken, and as what. */
interface Range {
  readonly cursor: Cursor;
  readonly uids: readonly number[];
  /** Everything up to here is done when they are. */
  readonly through: number;
  /** Mails that the server received earlier are left out. */
  readonly since?: Date;
  readonly backfill: boolean;
  /** Called when all of it is saved. */
  readonly saved?: () => void;
}

/**
 * Fetches mails of a folder and makes them durable, then moves the checkpoint; in order of UIDs. While some mails are stored
 * others are fetched and read, up to a limit: memory does not grow with the mailbox. One pass at a time.
 */
export class SyncPass {
  private saved: MailboxState;
  /** As it will be when everything that is under way is saved. */
  private planned: MailboxState;

  constructor(
    private readonly parts: PassParts,
    state: MailboxState,
  ) {
    this.saved = state;
    this.planned = state;
  }

  /** As last saved. */
  get reached(): MailboxState {
    return this.saved;
  }

  /** Takes everything that arrived since, and the history in between: new mail first, then a window of old. */
  async run(): Promise<void> {
    await this.inLine(async (line) => {
      do await this.live(line);
      while (await this.historyStep(line));
    });
  }

  /** Takes mails that the server shows now and did not list when higher UIDs were taken. */
  async takeLate(): Promise<void> {
    const { gaps } = this.saved;
    if (gaps === undefined) return;
    await this.inLine(async (line) => {
      const uids = await line.ask(() => this.parts.session.uidsWithin(gaps));
      if (uids.length > 0) await this.take(line, { cursor: 'late', uids, through: uids.at(-1)!, backfill: false });
    });
  }

  private async inLine(work: (line: MailLine) => Promise<void>): Promise<void> {
    const line = new MailLine(UNDERWAY);
    this.planned = this.saved;
    try {
      await work(line);
    } finally {
      // The connection belongs to one command at a time: what is under way ends before anybody goes on.
      await line.end();
    }
  }

  private async live(line: MailLine): Promise<void> {
    const { lastUid } = this.planned;
    const uids = await line.ask(() => this.parts.session.uidsFrom(lastUid + 1));
    await this.take(line, { cursor: 'live', uids, through: uids.at(-1) ?? lastUid, backfill: false });
  }

  /** One window of the history. @returns whether there is more */
  private async historyStep(line: MailLine): Promise<boolean> {
    const { history } = this.planned;
    if (history === undefined) return false;
    const to = Math.min(history.end, history.next + HISTORY_WINDOW - 1);
    const since = history.since === undefined ? undefined : new Date(history.since);
    // SINCE knows days only, in the server's zone.
    const day = since === undefined ? undefined : new Date(since.getTime() - 86_400_000);
    const uids = await line.ask(() => this.parts.session.uidsBetween(history.next, to, day));
    const { backfill, end } = history;
    const saved = (): void => this.parts.progress(to, end);
    await this.take(line, { cursor: 'history', uids, through: to, ...(since && { since }), backfill, saved });
    return to < end;
  }

  private async take(line: MailLine, range: Range): Promise<void> {
    const { cursor, uids, through, since } = range;
    for (let start = 0; start < uids.length; start += DESCRIBE_AT_ONCE) {
      const some = uids.slice(start, start + DESCRIBE_AT_ONCE);
      await this.parts.checkpoint();
      const found = await line.ask(() => this.parts.session.describe(some));
      this.parts.skipped(some.length - found.length, 'vanished');
      const sent = found.filter(({ isDraft }) => isDraft !== true);
      this.parts.skipped(found.length - sent.length, 'draft');
      const wanted = sent.filter(({ internalDate }) => !since || !internalDate || internalDate >= since);
      this.parts.skipped(sent.length - wanted.length, 'older');
      const limits = { ...FETCH_AT_ONCE, maxMailBytes: this.parts.maxMailBytes };
      for (const plan of planFetches(wanted, this.planned.trouble, limits)) {
        await this.parts.checkpoint();
        await this.takePlan(line, plan, wanted, range);
      }
    }
    if (cursor !== 'live' || through > this.planned.lastUid) await this.takeNothing(line, range);
  }

  private async takePlan(line: MailLine, plan: FetchPlan, metas: readonly MailMeta[], range: Range): Promise<void> {
    const { backfill } = range;
    const through = plan.uids.at(-1)!;
    const known = new Map(metas.map((meta) => [meta.uid, meta]));
    const planned = plan.uids.map((uid) => known.get(uid)!);
    let dates: readonly Date[] = [];
    await line.add({
      sizeBytes: planned.reduce((sum, { sizeBytes }) => sum + Math.min(sizeBytes, this.parts.maxMailBytes), 0),
      fetch: async () => {
        const fetched = await this.fetch(plan, known, backfill);
        this.parts.skipped(plan.uids.length - fetched.length, 'vanished');
        dates = fetched.flatMap(({ internalDate }) => internalDate ?? []);
        return fetched;
      },
      read: (fetched) => this.parts.read(fetched),
      store: async (parsed) => ({ parsed, areStored: parsed.length === 0 || (await this.parts.store(parsed)) }),
      append: async ({ parsed, areStored }) => {
        if (parsed.length > 0) await this.parts.append(parsed, areStored);
      },
      save: () => this.move(range, through, newestOf(dates)),
    });
    this.plan(range, through);
  }

  /** Moves a cursor over UIDs that are gone or left out. */
  private async takeNothing(line: MailLine, range: Range): Promise<void> {
    const nothing = (): Promise<void> => Promise.resolve();
    const save = async (): Promise<void> => {
      await this.move(range, range.through);
      range.saved?.();
    };
    await line.add({ sizeBytes: 0, fetch: nothing, read: nothing, store: nothing, append: nothing, save });
    this.plan(range, range.through);
  }

  private plan({ cursor, uids }: Range, through: number): void {
    this.planned = advance(this.planned, cursor, { through, listed: uids, at: this.parts.clock.now() });
  }

  private async fetch(
    plan: FetchPlan,
    known: ReadonlyMap<number, MailMeta>,
    backfill: boolean,
  ): Promise<readonly PulledMail[]> {
    const fetched = await this.parts.session.fetch(plan);
    return fetched.map(({ uid, source }) => ({
      uid,
      source,
      extent: plan.extent,
      sizeBytes: known.get(uid)!.sizeBytes,
      internalDate: known.get(uid)!.internalDate,
      folder: this.parts.folder,
      uidValidity: this.saved.uidValidity,
      backfill,
    }));
  }

  private async move({ cursor, uids }: Range, through: number, internalDate?: Date): Promise<void> {
    const at = this.parts.clock.now();
    const next = advance(this.saved, cursor, { through, internalDate, listed: uids, at });
    await this.parts.save(next);
    this.saved = next;
    this.parts.moved();
  }
}

const newestOf = (dates: readonly Date[]): Date | undefined =>
  dates.length === 0 ? undefined : new Date(Math.max(...dates.map((date) => date.getTime())));
