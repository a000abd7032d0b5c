import { identityKey } from '@app/identity';
import { deriveKey } from '@app/kernel';
import type { Database } from '@app/persistence';
import { knownSender, knownVisitor, WIDGET } from './unifier-load.js';

/** Installation secret of every benchmark. */
export const BENCH_SECRET = 'a secret for benchmarks that is long enough';

const SLICE = 50_000;
const BODY = JSON.stringify({
  content: { type: 'text', text: 'Chào shop, cho em hỏi mẫu áo này còn màu xanh không ạ? Em cần trước thứ bảy.' },
  provider: { name: 'meta', message_id: 'm_filled' },
});

/** Makes senders that write to us already: identity, home customer and conversation each. */
export async function fillSenders(database: Database, senders: number): Promise<void> {
  await fillIdentities(database, {
    kind: 'messenger_psid',
    scope: '106000000000001',
    count: senders,
    value: knownSender,
  });
}

/** Makes visitors that are customers already, as {@link fillSenders} does. */
export async function fillVisitors(database: Database, visitors: number): Promise<void> {
  await fillIdentities(database, { kind: 'livechat_visitor', scope: WIDGET, count: visitors, value: knownVisitor });
}

interface Filling {
  readonly kind: 'messenger_psid' | 'livechat_visitor';
  readonly scope: string;
  readonly count: number;
  readonly value: (n: number) => string;
}

async function fillIdentities(database: Database, { kind, scope, count, value }: Filling): Promise<void> {
  const key = deriveKey(BENCH_SECRET, 'identity-key');
  const values = Array.from({ length: count }, (_, n) => value(n));
  await database.query(
    `WITH k AS (SELECT *, nextval('customer_number') AS number FROM unnest($1::uuid[], $2::text[]) AS k(h, v)),
          i AS (INSERT INTO identity (kind, scope, value, key_hash, customer_id, home_customer_id)
                SELECT $3, $4, v, h, number, number FROM k RETURNING id, customer_id, value),
          c AS (INSERT INTO customer (id, ref) SELECT customer_id, customer_ref(customer_id) FROM i)
     INSERT INTO conversation (id, account_id, channel, identity_id, last_at)
     SELECT md5('filled ' || value)::uuid, 'fb-shop', 'messenger', id, '2025-01-01' FROM i`,
    [values.map((one) => identityKey(key, kind, scope, one)), values, kind, scope],
  );
}

/**
 * Puts entries of the past on the timelines of all identities, evenly, older than anything that the benchmark writes.
 *
 * @param label makes the ids; equal labels make equal ids
 */
export async function fillEntries(database: Database, label: string, entries: number): Promise<void> {
  const [senders] = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM identity');
  for (let from = 0; from < entries; from += SLICE) {
    await database.query(
      `INSERT INTO entry (id, identity_id, conversation_id, event_id, correlation_id, account_id, channel, kind,
                          direction, occurred_at, received_at, body)
       SELECT md5($1 || n)::uuid, s.id, md5('filled ' || s.value)::uuid, 'in_' || md5('e' || $1 || n), md5('c' || n),
              'fb-shop', 'messenger', 'message', 'inbound', '2025-01-01'::timestamptz + n * interval '10 seconds',
              '2025-01-01'::timestamptz + n * interval '10 seconds', $4::jsonb
         FROM generate_series($2::int, $3::int) AS n
         JOIN (SELECT id, value, row_number() OVER (ORDER BY id) - 1 AS place FROM identity) s ON s.place = n % $5::int`,
      [label, from, Math.min(entries, from + SLICE) - 1, BODY, senders!.n],
    );
  }
  await database.query('VACUUM ANALYZE entry');
  await database.query('ANALYZE');
}
