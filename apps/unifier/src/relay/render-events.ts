import type { Claim, EventRow, PlacedRow } from '@app/persistence';
import type { Draft } from './draft-event.js';
import { entryEvent, type Place } from './entry-event.js';
import { customerEvent, identityEvent, tombstones } from './state-events.js';
import { structureEvents } from './structure-events.js';

type Numbering = (customerId: string) => Place;

function rowEvents(placed: PlacedRow, claim: Claim, place: Numbering, now: Date): readonly Draft[] {
  switch (placed.is) {
    case 'entry':
      return [entryEvent(placed.row, placed.owner, claim, place(placed.owner.customerId))];
    case 'identity':
      return [identityEvent(placed.row, placed.owner, now)];
    case 'move':
    case 'erasure':
      return structureEvents(placed.row, place);
  }
}

/**
 * Makes the public events of a claim: those of each outbox row, in its order and with the next number of its customer,
 * then one state for each customer concerned, then the tombstones of those who are erased.
 *
 * @returns events with positions rising by one from `claim.position + 1`
 * @throws Error when the outbox names an entry or a customer that is not there, which only a broken store can cause
 */
export function renderEvents(claim: Claim, now: Date): EventRow[] {
  const sequences = new Map(claim.sequences);
  const place: Numbering = (customerId) => {
    const sequence = (sequences.get(customerId) ?? 0n) + 1n;
    sequences.set(customerId, sequence);
    return { sequence, now };
  };
  const rows = claim.placed.flatMap((placed) => rowEvents(placed, claim, place, now));
  const states = [...claim.customers.values()].map((customer) =>
    customerEvent(customer, sequences.get(customer.id) ?? 0n, now),
  );
  return [...rows, ...states, ...tombstones(claim, now)].map((event, index) => ({
    ...event,
    position: String(claim.position + BigInt(index) + 1n),
  }));
}
