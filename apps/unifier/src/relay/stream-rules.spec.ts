import fc from 'fast-check';
import { namedIdentities, placeRows, type EventRow, type OwnedIdentity } from '@app/persistence';
import {
  groupBy,
  OutboxModel,
  readInterleaved,
  ReferenceConsumer,
  TIMELINE_PROMISES,
  type PlacedRecord,
  type WrittenRow,
} from '@app/testkit';
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
    const named = rows.flatMap(namedIdentities);
    const { placed, moved, customers } = placeRows(
      rows,
      named.map((id) => ({ ...this.ownerOf(id), homeCustomerId: this.model.identity(id).home })),
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

const timeline = (events: readonly EventRow[]): readonly PlacedRecord[] =>
  events
    .filter((event) => event.topic === 'omni.timeline.v1')
    .map(({ type, key, headers, payload }) => ({
      type,
      key,
      sequence: Number(headers['ce_sequence']),
      data: JSON.parse(payload!) as unknown,
    }));

/** What a consumer shows after a random interleaving of partitions. */
function showAfter(consumer: ReferenceConsumer, records: readonly PlacedRecord[], seed: number) {
  readInterleaved(consumer, [...groupBy(records, ({ key }) => Number(key.slice(4)) % PARTITIONS).values()], seed);
  return consumer.shown();
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
  it.each(Object.entries(TIMELINE_PROMISES))('%s', (_promise, breakersOf) => {
    fc.assert(
      fc.property(history, (steps) => {
        const { model, events } = run(steps);
        const homeOf = (identity: string): string => `cus_${model.identity(identity.slice(4)).home}`;
        expect(breakersOf(timeline(events), homeOf)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
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
          expect(showAfter(new ReferenceConsumer(), records, seed + turn)).toEqual(model.shown());
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
      return JSON.stringify(showAfter(new Consumer(), timeline(events), seed)) !== JSON.stringify(model.shown());
    });
    expect(astray.length).toBeGreaterThan(0);
  });
});
