import { identityKey } from '@app/identity';
import { deriveKey } from '@app/kernel';
import type { Database } from '@app/persistence';
import { knownSender } from './unifier-load.js';

/** Installation secret of every benchmark. */
export const BENCH_SECRET = 'a secret for benchmarks that is long enough';

const SLICE = 50_000;
const BODY = JSON.stringify({
  content: { type: 'text', text: 'Chào shop, cho em hỏi mẫu áo này còn màu xanh không ạ? Em cần trước thứ bảy.' },
  provider: { name: 'meta', message_id: 'm_filled' },
});

/** Makes senders that write to us already: identity, home customer and conversation each. */
export async function fillSenders(database: Database, senders: number): Promise<void> {
  const key = deriveKey(BENCH_SECRET, 'identity-key');
  const numbers = Array.from({ length: senders }, (_, n) => n);
  await database.query(
    `WITH k AS (SELECT *, nextval('customer_number') AS number FROM unnest($1::uuid[], $2::text[]) AS k(h, v)),
          i AS (INSERT INTO identity (kind, scope, value, key_hash, customer_id, home_customer_id)
                SELECT 'messenger_psid', '106000000000001', v, h, number, number FROM k RETURNING id, customer_id, value),
          c AS (INSERT INTO customer (id, ref) SELECT customer_id, customer_ref(customer_id) FROM i)
     INSERT INTO conversation (id, account_id, channel, identity_id, last_at)
     SELECT md5('filled ' || value)::uuid, 'fb-shop', 'messenger', id, '2025-01-01' FROM i`,
    [
      numbers.map((n) => identityKey(key, 'messenger_psid', '106000000000001', knownSender(n))),
      numbers.map(knownSender),
    ],
  );
}

/**
 * Puts entries of the past on the timelines of the senders, evenly, older than anything that the benchmark writes.
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
