import { groupBy } from './group-by.js';
import type { TimelineRecord } from './reference-consumer.js';

/** A record of the topic `timeline` with its place. */
export interface PlacedRecord extends TimelineRecord {
  /** The customer it is keyed by. */
  readonly key: string;
  readonly sequence: number;
}

/** Names the customer that an identity was born with. */
export type HomeOf = (identityId: string) => string;

/** What the checks look at; which parts are there follows from the type. */
interface Told {
  readonly role?: 'absorbed' | 'survivor' | 'source' | 'restored';
  readonly identities: readonly { readonly identity_id: string; readonly version: number }[];
  readonly merge_id?: string;
  readonly unmerge_id?: string;
  readonly identity_id: string;
  readonly identity_version: number;
}
const told = (record: PlacedRecord): Told => record.data as Told;
const isMove = ({ type }: PlacedRecord): boolean => type.endsWith('merged');
const isEntry = ({ type }: PlacedRecord): boolean => type.startsWith('omni.timeline.entry.');

/** Records of one customer whose number is not one more than that of the record before. */
const gaps = (own: readonly PlacedRecord[]): readonly PlacedRecord[] =>
  own.filter(({ sequence }, index) => sequence !== index + 1);

/** Records of one customer that follow its fence, but for the one that restores it. */
const crossings = (own: readonly PlacedRecord[]): readonly PlacedRecord[] =>
  own.filter((record, index) => {
    const before = own[index - 1];
    return before !== undefined && told(before).role === 'absorbed' && told(record).role !== 'restored';
  });

/** Entries of one customer whose identity was not announced there with that version, or left it since. */
function unannounced(own: readonly PlacedRecord[], homeOf: HomeOf): readonly PlacedRecord[] {
  const here = new Map<string, number>();
  return own.filter((record) => {
    const { role, identities, identity_id, identity_version } = told(record);
    if (isMove(record)) {
      const wins = role === 'survivor' || role === 'restored';
      // Zero: it left, and no entry has that version.
      for (const moved of identities) here.set(moved.identity_id, wins ? moved.version : 0);
    }
    if (!isEntry(record)) return false;
    const version = here.get(identity_id) ?? (homeOf(identity_id) === record.key ? 1 : 0);
    return identity_version !== version;
  });
}

/** Events of merges and separations that do not come in twos, first for the customer that loses identities. */
function unpaired(records: readonly PlacedRecord[]): readonly PlacedRecord[] {
  const pairs = [...groupBy(records.filter(isMove), (record) => told(record).unmerge_id ?? told(record).merge_id)];
  const orders = ['absorbed survivor', 'source restored'];
  return pairs.flatMap(([, pair]) => {
    const roles = pair.map((record) => told(record).role).join(' ');
    return orders.includes(roles) && pair[0]?.key !== pair[1]?.key ? [] : pair;
  });
}

/**
 * What the contract promises of the topic `timeline` (stream contract, sections 4.3 and 7), by name: each finds the
 * records that break it. `unpaired` needs records in the order in which they were decided, the others in the order of
 * each customer; none of them twice.
 */
export const TIMELINE_PROMISES = {
  'numbers the events of each customer without gaps (G2)': (records) =>
    [...groupBy(records, ({ key }) => key).values()].flatMap(gaps),
  'has nothing behind the fence of an absorbed customer until it is restored (G12)': (records) =>
    [...groupBy(records, ({ key }) => key).values()].flatMap(crossings),
  'announces an identity to a customer before its first entry there, and has none once it left (G13)': (
    records,
    homeOf,
  ) => [...groupBy(records, ({ key }) => key).values()].flatMap((own) => unannounced(own, homeOf)),
  'tells of each merge and each separation twice, first to the customer that loses': unpaired,
} as const satisfies Record<string, (records: readonly PlacedRecord[], homeOf: HomeOf) => readonly PlacedRecord[]>;
