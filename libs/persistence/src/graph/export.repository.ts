import type { Database } from '../database.js';
import type { KeptBytes } from '../timeline/timeline.repository.js';

/** A thing that is held about a customer besides its timeline, as stored. */
export interface HeldRecord {
  readonly type: 'fact' | 'claim' | 'link' | 'conversation' | 'move';
  readonly record: Readonly<Record<string, unknown>>;
}

/** What is held beside an entry. */
export interface HeldBytes extends KeptBytes {
  /** Entry id, or the id of the blob. */
  readonly id: string;
}

const MINE = 'SELECT id FROM identity WHERE customer_id = $1';

const HELD = `
  SELECT 'fact' AS type, jsonb_build_object('identity_id', 'idn_' || f.identity_id, 'key', f.key, 'value', f.value,
           'observed_at', f.observed_at) AS record FROM fact f WHERE f.identity_id IN (${MINE})
  UNION ALL
  SELECT 'claim', jsonb_build_object('identity_id', 'idn_' || c.identity_id, 'kind', c.kind, 'scope', c.scope, 'value', c.value,
           'rule', c.rule, 'trust', c.trust, 'claimed_at', c.claimed_at) FROM claim c WHERE c.identity_id IN (${MINE})
  UNION ALL
  SELECT 'link', jsonb_build_object('identity_ids', jsonb_build_array('idn_' || l.a, 'idn_' || l.b), 'rule', l.rule, 'trust', l.trust,
           'state', l.state, 'evidence_at', l.evidence_at, 'actor', l.actor, 'reason', l.reason,
           'revoked_by', l.revoked_by, 'revoked_reason', l.revoked_reason)
    FROM link l WHERE l.a IN (${MINE}) OR l.b IN (${MINE})
  UNION ALL
  SELECT 'conversation', jsonb_build_object('conversation_id', 'cnv_' || v.id, 'identity_id', 'idn_' || v.identity_id, 'channel', v.channel,
           'account_id', v.account_id, 'entries', v.entries, 'last_at', v.last_at) FROM conversation v WHERE v.identity_id IN (${MINE})
  UNION ALL
  SELECT 'move', jsonb_build_object('merge_id', 'mrg_' || g.id, 'op', g.op, 'from_customer_id', 'cus_' || g.from_customer,
           'to_customer_id', 'cus_' || g.to_customer, 'actor', g.actor, 'reason', g.reason, 'at', g.at)
    FROM graph_log g WHERE g.moved && (SELECT array_agg(id) FROM identity WHERE customer_id = $1)`;

/** Everything that is held about a customer. */
export class ExportRepository {
  constructor(private readonly database: Database) {}

  /** All but the timeline. */
  async held(customerId: string): Promise<readonly HeldRecord[]> {
    return await this.database.query<HeldRecord>(HELD, [customerId]);
  }

  /** Original bytes of entries, and what was kept for them. */
  async bytesOf(entryIds: readonly string[]): Promise<readonly HeldBytes[]> {
    return await this.database.query<HeldBytes>(
      `SELECT e.id::text, 'application/octet-stream' AS media_type, e.raw AS bytes FROM entry e
        WHERE e.id = ANY($1::uuid[]) AND e.raw IS NOT NULL
       UNION ALL
       SELECT b.id, b.media_type, b.bytes FROM blob b
        WHERE b.id IN (SELECT r.blob_id FROM blob_reference r WHERE r.entry_id = ANY($1::uuid[]))`,
      [entryIds],
    );
  }
}
