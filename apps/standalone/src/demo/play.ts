import { SeededRandom } from '@app/simulators';
import type { RunFile } from '../run-file.js';
import { awaitArrival } from './await-arrival.js';
import { compileDay } from './compile-day.js';
import { DayClock } from './day-clock.js';
import { isDemoAccountsFile, readDemoAccounts } from './demo-accounts.js';
import { demoMailboxOf, startDemoMailbox } from './demo-mailbox.js';
import { EntryWatch } from './entry-watch.js';
import { readFlow } from './flow-metrics.js';
import { writeLedger } from './ledger.js';
import { OmnilineClient } from './omniline-client.js';
import { createPaint } from './paint.js';
import { castPeople } from './people.js';
import { planScene } from './planned-step.js';
import { playDay } from './play-day.js';
import { ProgressLine } from './progress-line.js';
import { isGoodDay, renderSummary } from './render-summary.js';
import { newRunId, RunIds } from './run-ids.js';
import { SHOP_DAY } from './script.js';
import { collectTimelines, showTimelines } from './show-timelines.js';

/** How to play. */
export interface DemoOptions {
  /** The standalone run that is played to. */
  readonly run: RunFile;
  /** Seconds of the day for one real second; 2000 lets the day pass in half a minute. */
  readonly speed?: number;
  /** Decides names, copies, lost answers and delays; without it every run differs. */
  readonly seed?: string;
}

const SPEED = 2000;
const hour = new Intl.DateTimeFormat('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh', timeStyle: 'short' });

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
        'Start it on accounts of its own: OMNILINE_ACCOUNTS=none OMNILINE_HOME=.omniline-demo npm start',
    );
  }
  const now = new Date();
  const ids = new RunIds(newRunId(now));
  const chosenSeed = seed ?? ids.runId;
  const random = new SeededRandom(chosenSeed);
  const people = castPeople(ids, random);
  const day = new DayClock(now);
  const steps = SHOP_DAY.flatMap((scene) => planScene(scene, people[scene.who], day, ids));
  const ledger = writeLedger(steps);
  const outgoing = compileDay(steps, readDemoAccounts(run.accounts));

  const client = new OmnilineClient(run.url, run.api_key);
  const paint = createPaint(process.stdout.isTTY && process.stdout.hasColors());
  const progress = new ProgressLine(process.stderr);
  process.stdout.write(`\nA day at the shop, seed ${chosenSeed} (--seed ${chosenSeed} plays it again)\n`);

  const ownMailbox = await startDemoMailbox(run.accounts);
  try {
    const before = readFlow(await client.metrics());
    const watch = await EntryWatch.start(client);
    const tally = await playDay({
      outgoing,
      random,
      url: run.url,
      mailbox: demoMailboxOf(run.accounts),
      speed,
      onProgress: (done, at, sent) =>
        progress.show(
          done,
          `${hour.format(at)}  ${sent.attempts} webhooks, ${sent.mails} mails, ${sent.refused} refused`,
        ),
    });
    progress.finish();
    const { result, flow } = await awaitArrival({
      client,
      watch,
      ledger,
      before,
      onProgress: (arrived, expected, waiting) =>
        progress.show(arrived / expected, `${arrived} of ${expected} entries arrived, ${waiting} in flight`),
    });
    progress.finish();

    const timelines = await collectTimelines(client, watch);
    process.stdout.write(showTimelines(timelines, ledger, people, paint));
    const summary = {
      tally,
      forged: ledger.forged.size,
      flow,
      entries: watch.seen.length,
      expected: ledger.expected.length,
      customers: timelines.views.length,
      ledger: result,
      notOnTimeline: timelines.notShown,
    };
    process.stdout.write(`\n${renderSummary(summary, paint)}`);
    const [first] = timelines.views;
    if (first !== undefined) process.stdout.write(lookFurther(run, first.reference));
    return isGoodDay(summary);
  } finally {
    await ownMailbox?.stop();
  }
}

function lookFurther({ url, api_key: key }: RunFile, reference: string): string {
  const curl = `curl -s -H 'Authorization: Bearer ${key}'`;
  return [
    'Look further:',
    `  ${curl} '${url}/v1/customers/${reference}/timeline'`,
    `  ${curl} '${url}/v1/events?after=earliest'`,
    '',
  ].join('\n');
}
