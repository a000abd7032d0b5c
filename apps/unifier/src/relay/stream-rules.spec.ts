import fc from 'fast-check';
import { placeRows, type EventRow, type OwnedIdentity } from '@app/persistence';
import { OutboxModel, ReferenceConsumer, type WrittenRow } from '@app/testkit';
import { renderEvents } from './render-events.js';

const NOW = new Date('2026-11-20T05:00:01.000Z');
const PARTITIONS = 3;
/** Random histories for each promise. */
const RUNS = 100;

/** The relay without its database: it takes rows in their order, in claims of any size, and remembers what it must. */
class ModelRelay {
  readonly events: EventRow[] = [];
  private readonly owners = new Map<string, OwnedIdentity>();
  private readonly sequences = new Map<string, bigint>();

  constructor(private readonly model: OutboxModel) {}

  claim(size: number): void {
    const rows = this.model.outbox.splice(0, size).map((row) => this.lookUp(row));
    const named = rows.flatMap((row) =>
      row.kind === 'customer.merged' || row.kind === 'customer.unmerged' ? row.payload.identities : [],
    );
    const { placed, moved, customers } = placeRows(
      rows,
      named.map(({ id }) => ({ ...this.ownerOf(id), homeCustomerId: this.model.identity(id).home })),
    );
    const claim = {
      placed,
      entries: this.model.storedEntries(),
      customers: new Map([...customers.keys()].map((id) => [id, this.model.storedCustomer(id)])),
      sequences: new Map([...customers.keys()].map((id) => [id, this.sequences.get(id) ?? 0n])),
      position: BigInt(this.events.length),
    };
    this.events.push(...renderEvents(claim, NOW));
    for (const [id, n] of customers) this.sequences.set(id, (this.sequences.get(id) ?? 0n) + BigInt(n));
    for (const identity of moved) this.owners.set(identity.identityId, identity);
  }

  private ownerOf(identityId: string): OwnedIdentity {
    const home = { identityId, customerId: this.model.identity(identityId).home, version: 1 };
    return this.owners.get(identityId) ?? home;
  }

  private lookUp(row: WrittenRow) {
    const { customerId, version } = this.ownerOf(row.identity_id);
    const state = this.model.identity(row.identity_id).erased ? 'erased' : 'active';
    return { ...row, owner_customer_id: customerId, owner_version: version, identity_state: state };
  }
}

const number = fc.nat(1000);
/** What happens, and when the relay looks: an entry may be published long after it was written, or at once. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('write' as const), number, number) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('change' as const), number, number) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('merge' as const), number, number) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('unmerge' as const), number, number) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('erase' as const), number, number) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('claim' as const), fc.integer({ min: 1, max: 7 }), number) },
);
const history = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });

function run(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) {
  const model = new OutboxModel();
  const relay = new ModelRelay(model);
  for (let births = 0; births < 5; births += 1) model.bear();
  for (const [action, a, b] of steps) {
    if (action === 'claim') relay.claim(a);
    else model[action](a, b);
  }
  while (model.outbox.length > 0) relay.claim(4);
  return { model, events: relay.events };
}

/** What the checks look at; which parts are there follows from the type. */
interface PublishedData {
  readonly role: 'absorbed' | 'survivor' | 'source' | 'restored';
  readonly identities: readonly { readonly identity_id: string; readonly version: number }[];
  readonly merge_id?: string;
  readonly unmerge_id?: string;
  readonly identity_id: string;
  readonly identity_version: number;
}
interface Published {
  readonly type: string;
  readonly subject: string;
  readonly sequence: number;
  readonly data: PublishedData;
}

const timeline = (events: readonly EventRow[]): readonly Published[] =>
  events
    .filter((event) => event.topic === 'omni.timeline.v1')
    .map(({ type, key, headers, payload }) => ({
      type,
      subject: key,
      sequence: Number(headers['ce_sequence']),
      data: JSON.parse(payload!) as PublishedData,
    }));

function groupBy<Key>(events: readonly Published[], keyOf: (event: Published) => Key): ReadonlyMap<Key, Published[]> {
  const groups = new Map<Key, Published[]>();
  for (const event of events) {
    const group = groups.get(keyOf(event)) ?? [];
    group.push(event);
    groups.set(keyOf(event), group);
  }
  return groups;
}
const bySubject = (events: readonly Published[]) => groupBy(events, (event) => event.subject);

/** Numbers below a bound, the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Reads partitions in a random interleaving; now and then one goes back, as after a crash before its commit. */
function readAll(consumer: ReferenceConsumer, events: readonly Published[], seed: number) {
  const roll = dice(seed);
  const partitions = [...groupBy(events, ({ subject }) => Number(subject.slice(4)) % PARTITIONS).values()];
  const next = partitions.map(() => 0);
  const unread = () => partitions.flatMap((records, index) => (next[index]! < records.length ? [index] : []));
  let repeats = events.length;
  for (let open = unread(); open.length > 0; open = unread()) {
    const index = open[roll(open.length)]!;
    consumer.read(partitions[index]![next[index]!]!);
    next[index] = next[index]! + 1;
    if (repeats > 0 && roll(6) === 0) {
      const back = roll(Math.min(repeats, next[index]!) + 1);
      next[index] = next[index]! - back;
      repeats -= back;
    }
  }
  return consumer.shown();
}

/** Looks at random histories. @param complaints about one history. @returns what the first bad one looks like */
function firstComplaint(complaints: (events: readonly Published[], model: OutboxModel) => readonly unknown[]): unknown {
  const looked = fc.check(
    fc.property(history, (steps) => {
      const { model, events } = run(steps);
      return complaints(timeline(events), model).length === 0;
    }),
    { numRuns: RUNS },
  );
  if (looked.counterexample === null) return looked.failed ? 'no history was looked at' : null;
  const { model, events } = run(looked.counterexample[0]);
  return { history: looked.counterexample[0], complaints: complaints(timeline(events), model) };
}

/** Entries of a customer whose identity was not announced there with that version, or left it since. */
function unannounced(subject: string, own: readonly Published[], model: OutboxModel): readonly unknown[] {
  const here = new Map<string, number | 'left'>();
  const complaints: unknown[] = [];
  for (const { type, data, sequence } of own) {
    if (type.endsWith('merged')) {
      const wins = data.role === 'survivor' || data.role === 'restored';
      for (const { identity_id, version } of data.identities) here.set(identity_id, wins ? version : 'left');
    }
    if (!type.startsWith('omni.timeline.entry.')) continue;
    const isHome = subject === `cus_${model.identity(data.identity_id.slice(4)).home}`;
    const expected = here.get(data.identity_id) ?? (isHome ? 1 : 'never announced');
    if (data.identity_version !== expected) complaints.push([subject, sequence, data.identity_version, expected]);
  }
  return complaints;
}

/** What a state says in short: whom to ask for a customer, whom an identity belongs to, or that it is gone. */
function lastWord({ payload }: EventRow): string {
  if (payload === null) return 'gone';
  const state = JSON.parse(payload) as { customer_id: string; status: string; canonical_id?: string };
  return `${state.status} ${state.canonical_id ?? state.customer_id}`;
}

function tableWord({ topic, key }: EventRow, model: OutboxModel): string {
  const id = key.slice(4);
  if (topic === 'omni.identities.v1') {
    const { erased, customer } = model.identity(id);
    return erased ? 'gone' : `active cus_${customer}`;
  }
  const { status, canonical_id } = model.storedCustomer(id);
  return status === 'erased' ? 'gone' : `${status} cus_${canonical_id}`;
}

describe('the published timeline', () => {
  it('numbers the events of each customer without gaps', () => {
    const gaps = (own: readonly Published[]) => own.filter(({ sequence }, index) => sequence !== index + 1);
    expect(firstComplaint((events) => [...bySubject(events).values()].flatMap(gaps))).toBeNull();
  });

  it('has nothing behind the fence of an absorbed customer until it is restored (G12)', () => {
    const crossings = (own: readonly Published[]) =>
      own.filter(({ data }, index) => own[index - 1]?.data.role === 'absorbed' && data.role !== 'restored');
    expect(firstComplaint((events) => [...bySubject(events).values()].flatMap(crossings))).toBeNull();
  });

  it('announces an identity to a customer before its first entry there, and has none once it left (G13)', () => {
    expect(
      firstComplaint((events, model) =>
        [...bySubject(events)].flatMap(([subject, own]) => unannounced(subject, own, model)),
      ),
    ).toBeNull();
  });

  it('tells of each merge and each separation twice, first to the customer that loses', () => {
    const wrongPairs = (events: readonly Published[]) => {
      const moves = events.filter(({ type }) => type.endsWith('merged'));
      const pairs = [...groupBy(moves, ({ data }) => data.unmerge_id ?? data.merge_id).values()];
      const orders = ['absorbed survivor', 'source restored'];
      return pairs.filter(
        (pair) =>
          !orders.includes(pair.map(({ data }) => data.role).join(' ')) || pair[0]?.subject === pair[1]?.subject,
      );
    };
    expect(firstComplaint(wrongPairs)).toBeNull();
  });

  it('ends each key of the compacted topics as the tables do: with a tombstone when it is erased', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { model, events } = run(steps);
        const states = events.filter(({ topic }) => topic !== 'omni.timeline.v1');
        const last = new Map(states.map((event) => [event.key, event]));
        expect([...last.values()].filter((event) => lastWord(event) !== tableWord(event, model))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a consumer with the three rules (G14)', () => {
  const INTERLEAVINGS = 20;

  it('shows the same in the end, whatever order it reads partitions in and whatever it reads twice', () => {
    fc.assert(
      fc.property(history, fc.integer(), (steps, seed) => {
        const { model, events } = run(steps);
        const records = timeline(events);
        for (let turn = 0; turn < INTERLEAVINGS; turn += 1) {
          expect(readAll(new ReferenceConsumer(), records, seed + turn)).toEqual(model.shown());
        }
      }),
      { numRuns: 50 },
    );
  });

  class WithoutVersions extends ReferenceConsumer {
    protected override supersedes(): boolean {
      return true;
    }
  }
  class ByItsRecord extends ReferenceConsumer {
    protected override ownerOf(...[, mapping]: Parameters<ReferenceConsumer['ownerOf']>) {
      return mapping;
    }
  }
  class WithoutMemory extends ReferenceConsumer {
    protected override isErased(): boolean {
      return false;
    }
  }

  it.each([
    ['versions of mappings', WithoutVersions],
    ['the mapping that is held', ByItsRecord],
    ['memory of who was erased', WithoutMemory],
  ])('goes astray without %s', (_rule, Consumer) => {
    const histories = fc.sample(history, { numRuns: 100, seed: 7 });
    const astray = histories.filter((steps, seed) => {
      const { model, events } = run(steps);
      return JSON.stringify(readAll(new Consumer(), timeline(events), seed)) !== JSON.stringify(model.shown());
    });
    expect(astray.length).toBeGreaterThan(0);
  });
});
