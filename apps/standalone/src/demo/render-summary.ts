import { isClean, type LedgerResult } from './check-ledger.js';
import type { FlowCounts } from './flow-metrics.js';
import type { Paint } from './paint.js';
import type { DeliveryTally } from './tally.js';

/** All that a day came to. */
export interface DaySummary {
  readonly tally: DeliveryTally;
  readonly forged: number;
  readonly flow: FlowCounts;
  readonly entries: number;
  readonly expected: number;
  readonly customers: number;
  readonly ledger: LedgerResult;
  /** Entries that the stream announced and the timelines do not show, by id. */
  readonly notOnTimeline: readonly string[];
  /** References of timelines that are not in the order of time. */
  readonly disordered: readonly string[];
  /** People whose entries are not on one timeline, though it is proved that they belong together. */
  readonly parted: readonly string[];
}

const SHOWN = 8;

function problems(title: string, list: readonly string[], paint: Paint): readonly string[] {
  const more = list.length > SHOWN ? [`    … and ${list.length - SHOWN} more`] : [];
  return list.length === 0
    ? []
    : [paint.bad(`  ${title}:`), ...list.slice(0, SHOWN).map((text) => `    ${text}`), ...more];
}

/** Whether the day went as it must. */
export const isGoodDay = ({ ledger, notOnTimeline, disordered, parted, tally, forged }: DaySummary): boolean =>
  isClean(ledger) &&
  notOnTimeline.length + disordered.length + parted.length === 0 &&
  tally.refused === forged &&
  tally.unanswered === 0;

function verdict(summary: DaySummary, paint: Paint): readonly string[] {
  if (isGoodDay(summary)) return [paint.good(paint.bold('  Nothing lost, nothing doubled, everything in its order.'))];
  const { missing, doubled, wrong, smuggled, unexpected } = summary.ledger;
  const { tally, forged } = summary;
  return [
    paint.bad(paint.bold('  The timelines do not show what was sent.')),
    ...problems('lost', missing, paint),
    ...problems('doubled', doubled, paint),
    ...problems('not as it was sent', wrong, paint),
    ...problems('forged, but let in', smuggled, paint),
    ...problems('never sent, but there', unexpected, paint),
    ...problems('announced, but on no timeline', summary.notOnTimeline, paint),
    ...problems('not in the order of time', summary.disordered, paint),
    ...problems('not on one timeline, though proved to be one person', summary.parted, paint),
    ...(tally.refused === forged ? [] : [paint.bad(`  refused ${tally.refused}, forged ${forged}`)]),
    ...(tally.unanswered === 0 ? [] : [paint.bad(`  never acknowledged: ${tally.unanswered}`)]),
  ];
}

/** Writes what a day came to, in numbers, and the verdict. */
export function renderSummary(summary: DaySummary, paint: Paint): string {
  const { tally, flow, forged } = summary;
  const row = (what: string, value: string): string => `  ${what.padEnd(30)}${value}`;
  const again = tally.attempts - tally.requests;
  return [
    paint.bold('The day in numbers'),
    row(
      'sent by the providers',
      `${tally.requests - tally.copies} requests with ${tally.elements} things in them, ${tally.mails} mails`,
    ),
    row('sent again', `${again + tally.copies} (${tally.copies} copies, ${again} after a lost answer)`),
    row('wrong signature', `${forged} sent, ${tally.refused} refused`),
    row(
      'on the timelines',
      `${summary.entries} entries of ${summary.expected} expected, ${summary.customers} customers`,
    ),
    row('edits, receipts, reactions …', String(flow.changes)),
    row('repeats recognised', String(flow.repeats)),
    '',
    ...verdict(summary, paint),
    '',
  ].join('\n');
}
