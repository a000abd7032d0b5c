import type { RunFile } from '../run-file.js';
import { awaitArrival } from './await-arrival.js';
import { checkLedger } from './check-ledger.js';
import { isDemoAccountsFile, readDemoAccounts } from './demo-accounts.js';
import { demoMailboxOf, startDemoMailbox } from './demo-mailbox.js';
import { EntryWatch } from './entry-watch.js';
import { readFlow } from './flow-metrics.js';
import { OmnilineClient } from './omniline-client.js';
import { createPaint } from './paint.js';
import { playDay } from './play-day.js';
import { prepareDay, type PreparedDay } from './prepare-day.js';
import { ProgressLine } from './progress-line.js';
import { isGoodDay, renderSummary, type DaySummary } from './render-summary.js';
import { collectTimelines, partedPeople, showTimelines, type DayTimelines } from './show-timelines.js';

/** How to play. */
export interface DemoOptions {
  /** The standalone run that is played to. */
  readonly run: RunFile;
  /** Seconds of the day for one real second; 2000 lets the day pass in half a minute. */
  readonly speed?: number;
  /** Decides names, copies, lost answers and delays; without it every run differs. */
  readonly seed?: string;
}

/** A day that was played, and what came of it. */
interface PlayedDay {
  readonly timelines: DayTimelines;
  readonly summary: DaySummary;
}

const SPEED = 2000;
const hour = new Intl.DateTimeFormat('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh', timeStyle: 'short' });

async function playThrough(day: PreparedDay, run: RunFile, speed: number): Promise<PlayedDay> {
  const { outgoing, random, ledger } = day;
  const client = new OmnilineClient(run.url, run.api_key);
  const progress = new ProgressLine(process.stderr);
  const before = readFlow(await client.metrics());
  const watch = await EntryWatch.start(client);
  const tally = await playDay({
    outgoing,
    random,
    url: run.url,
    mailbox: demoMailboxOf(run.accounts),
    speed,
    onProgress: (done, at, { attempts, mails, refused }) =>
      progress.show(done, `${hour.format(at)}  webhook calls ${attempts} · mails ${mails} · refused ${refused}`),
  });
  progress.finish();
  const flow = await awaitArrival({
    client,
    watch,
    ledger,
    before,
    onProgress: (arrived, expected, waiting) =>
      progress.show(arrived / expected, `${arrived} of ${expected} entries arrived, ${waiting} in flight`),
  });
  progress.finish();
  const timelines = await collectTimelines(client, watch);
  const entries = timelines.views.flatMap((view) => view.entries);
  const summary = {
    tally,
    forged: ledger.forged.size,
    flow,
    entries: entries.length,
    expected: ledger.expected.length,
    customers: timelines.views.length,
    ledger: checkLedger(ledger, entries),
    notOnTimeline: timelines.notShown,
    disordered: timelines.disordered,
    parted: partedPeople(timelines.views, ledger),
  };
  return { timelines, summary };
}

function lookFurther({ url, api_key: key }: RunFile, { views }: DayTimelines): string {
  const curl = `  curl -s -H 'Authorization: Bearer ${key}'`;
  const one = views[0] === undefined ? [] : [`${curl} '${url}/v1/customers/${views[0].reference}/timeline'`];
  return [
    'Look further:',
    `${curl} '${url}/v1/customers'`,
    ...one,
    `${curl} '${url}/v1/events?after=earliest'`,
    '',
  ].join('\n');
}

/**
 * Plays a day of a small shop to a running installation, through its doors, and shows what became of it.
 *
 * @returns whether nothing was lost, doubled, changed or let in
 * @throws Error when the installation does not run on the demonstration's accounts, or cannot be reached
 */
export async function playDemo({ run, speed = SPEED, seed }: DemoOptions): Promise<boolean> {
  if (!isDemoAccountsFile(run.accounts)) {
    throw new Error(
      `Omniline runs on ${run.accounts}, whose secrets the demonstration must not use.\n` +
        'Start it on accounts of its own: OMNILINE_ACCOUNTS=none OMNILINE_HOME=.omniline-demo npm start\n' +
        'and then: OMNILINE_HOME=.omniline-demo npm run demo',
    );
  }
  const day = prepareDay({ now: new Date(), seed, accounts: readDemoAccounts(run.accounts) });
  const paint = createPaint(process.stdout.isTTY && process.stdout.hasColors());
  const columns = process.stdout.isTTY ? process.stdout.columns : Infinity;
  process.stdout.write(`\nA day at the shop. Names and mishaps: --seed ${day.seed} gives the same again.\n`);
  const ownMailbox = await startDemoMailbox(run.accounts);
  try {
    const { timelines, summary } = await playThrough(day, run, speed);
    process.stdout.write(showTimelines(timelines, day.ledger, day.people, { paint, columns }));
    process.stdout.write(`\n${renderSummary(summary, paint)}\n${lookFurther(run, timelines)}`);
    return isGoodDay(summary);
  } finally {
    await ownMailbox?.stop();
  }
}
