import { publicId, type EndRow, type EvidenceRow, type Explanation } from '@app/persistence';
import { byWhom, evidenceInWords, GUARDS } from './in-words.js';
import { toObjection } from './objections.js';
import type { Evidence, Why } from './why.schema.js';

type Ends = ReadonlyMap<string, EndRow>;
const endsById = (ends: readonly EndRow[]): Ends => new Map(ends.map((end) => [end.id, end]));

/** @param shown whether the value may be seen: what two people have is no business of the other */
function toEnd(ends: Ends, id: string, shown: boolean): Evidence['from'] {
  const { kind, value } = ends.get(id)!;
  return { identity_id: publicId.identity(id), kind, ...(shown && value !== null ? { value } : {}) };
}

function sentenceOf(row: EvidenceRow): string {
  const said = evidenceInWords(row.rule, row.trust, row.actor);
  if (row.state === 'revoked') {
    return `${said} It was taken back${byWhom(row.revoked_by, row.revoked_reason)}`;
  }
  return row.blocked_by === null ? said : `${said} It is held back: ${GUARDS[row.blocked_by]}.`;
}

function toEvidence(row: EvidenceRow, from: string, ends: Ends, shown: boolean): Evidence {
  return {
    from: toEnd(ends, from, shown),
    to: toEnd(ends, row.a === from ? row.b : row.a, shown),
    sentence: sentenceOf(row),
    rule: row.rule,
    trust: row.trust,
    state: row.state,
    ...(row.blocked_by === null ? {} : { guard: row.blocked_by }),
    evidence_at: row.evidence_at.toISOString(),
    last_seen: row.last_seen.toISOString(),
    ...(row.source_entry === null ? {} : { entry_id: publicId.entry(row.source_entry) }),
    ...(row.actor === null ? {} : { author: row.actor }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.revoked_by === null ? {} : { revoked_by: row.revoked_by }),
    ...(row.revoked_reason === null ? {} : { revoked_reason: row.revoked_reason }),
    ...(row.revoked_at === null ? {} : { revoked_at: row.revoked_at.toISOString() }),
  };
}

function walk(path: readonly EvidenceRow[], start: string, ends: Ends): Evidence[] {
  let from = start;
  return path.map((row) => {
    const step = toEvidence(row, from, ends, true);
    from = row.a === from ? row.b : row.a;
    return step;
  });
}

/** What was found about two customers, as the API shows it. @param customerId root of the one asked for */
export function toExplanation(found: Explanation, customerId: string): Omit<Why, 'customer_id' | 'other_customer_id'> {
  const ends = endsById(found.ends);
  if (found.relation === 'same_person') {
    return { relation: 'same_person', path: walk(found.path, found.start, ends), held_back: [], forbidden: [] };
  }
  const connected = found.evidence.length > 0 || found.forbidden.length > 0;
  return {
    relation: connected ? 'held_apart' : 'unconnected',
    path: [],
    held_back: found.evidence.map((row) => {
      const from = ends.get(row.a)?.customer_id === customerId ? row.a : row.b;
      return toEvidence(row, from, ends, false);
    }),
    forbidden: found.forbidden.map((row) => toObjection({ ...row, other_id: '', code: 'forbidden' })),
  };
}
