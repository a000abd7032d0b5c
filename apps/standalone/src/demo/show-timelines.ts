import type { EntryWatch } from './entry-watch.js';
import { entryName, type Ledger } from './ledger.js';
import type { OmnilineClient } from './omniline-client.js';
import type { Paint } from './paint.js';
import type { Person } from './people.js';
import { renderTimeline, type TimelineView } from './render-timeline.js';
import type { Role } from './script/step.js';
import { providerIdOf } from './seen-entry.js';

/** Timelines of a day's customers, in the order in which they wrote first. */
export interface DayTimelines {
  readonly views: readonly TimelineView[];
  /** Entries that the stream announced and no timeline shows, by id. */
  readonly notShown: readonly string[];
  /** References of timelines whose entries do not stand in the order of time. */
  readonly disordered: readonly string[];
}

/** Whether every entry happened at the time of the one before it, or later. */
export const isInOrder = ({ entries }: TimelineView): boolean =>
  entries.every(({ occurred_at: at }, index) => Date.parse(entries[index - 1]?.occurred_at ?? at) <= Date.parse(at));

/** Reads the timelines of everybody who wrote. They hold this day only, because every run has people of its own. */
export async function collectTimelines(client: OmnilineClient, watch: EntryWatch): Promise<DayTimelines> {
  const views: TimelineView[] = [];
  const shownIds = new Set<string>();
  for (const id of watch.customerIds) {
    // Who was taken for two in the morning may be one in the evening.
    const { canonical_id: canonical } = await client.customer(id);
    if (shownIds.has(canonical)) continue;
    shownIds.add(canonical);
    const [customer, entries] = [await client.customer(canonical), await client.timeline(canonical)];
    views.push({ reference: customer.ref, name: customer.display_name ?? '', entries });
  }
  const shown = new Set(views.flatMap(({ entries }) => entries.map(({ entry_id: id }) => id)));
  return {
    views,
    notShown: watch.seen.map(({ entry_id: id }) => id).filter((id) => !shown.has(id)),
    disordered: views.filter((view) => !isInOrder(view)).map(({ reference }) => reference),
  };
}

/** Those of whom it is proved that all is theirs, and who stand on several timelines all the same. */
export function partedPeople(views: readonly TimelineView[], { expected, proved }: Ledger): readonly Role[] {
  const timelineOf = new Map(
    views.flatMap(({ reference, entries }) =>
      entries.map((entry) => [entryName(entry.account_id, providerIdOf(entry)), reference] as const),
    ),
  );
  const timelinesOf = (role: Role): ReadonlySet<string | undefined> =>
    new Set(
      expected.filter(({ who }) => who === role).map(({ account, id }) => timelineOf.get(entryName(account, id))),
    );
  return proved.filter((role) => timelinesOf(role).size !== 1);
}

/** Whose timelines are shown: one for each way of writing. */
const SHOWN: readonly Role[] = ['bride', 'giftGiver', 'regular', 'priceHunter', 'unhappy'];

const TWO_CHANNELS =
  'One name on two channels is a claim, not a proof: such timelines stay apart. What WhatsApp and the shop’s own system\n' +
  'vouch for is proof: it made one timeline of SMS, WhatsApp, mails, calls, visits and orders.';

/** Who wrote on a timeline; undefined for one that holds answers of the shop to nobody known. */
function writerOf({ entries }: TimelineView, ledger: Ledger): Role | undefined {
  const names = new Set(entries.map((entry) => entryName(entry.account_id, providerIdOf(entry))));
  return ledger.expected.find(
    ({ direction, account, id }) => direction === 'inbound' && names.has(entryName(account, id)),
  )?.who;
}

/**
 * Writes the timelines of some customers. One whom no channel has named yet bears the script's name in brackets.
 *
 * @param output.columns width of the terminal; Infinity breaks no line
 */
export function showTimelines(
  { views }: DayTimelines,
  ledger: Ledger,
  people: Readonly<Record<Role, Person>>,
  { paint, columns }: { readonly paint: Paint; readonly columns: number },
): string {
  const timelines = views
    .flatMap((view) => {
      const role = writerOf(view, ledger);
      if (role === undefined || !SHOWN.includes(role)) return [];
      const name = view.name === '' ? `(${people[role].name})` : view.name;
      return [`\n${renderTimeline({ ...view, name }, paint, columns)}`];
    })
    .join('');
  return `${timelines}\n${paint.dim(TWO_CHANNELS)}\n`;
}
