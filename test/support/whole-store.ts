import type { Database } from '@app/persistence';

/** Tables of which a redelivery must not change a byte; the log of the stream and the like are not here. */
const TABLES = [
  'identity',
  'customer',
  'link',
  'cannot_link',
  'claim',
  'fact',
  'entry',
  'change',
  'conversation',
  'graph_log',
  'graph_job',
  'outbox',
  'erasure',
] as const;

/** Every row of every table that the unifier and agents write, as text. */
export async function wholeStore(database: Database): Promise<Readonly<Record<string, readonly string[]>>> {
  const store: Record<string, readonly string[]> = {};
  for (const table of TABLES) store[table] = await rowsOf(database, table);
  return store;
}

/** Every row of a table as text, sorted. */
export async function rowsOf(database: Database, table: (typeof TABLES)[number]): Promise<readonly string[]> {
  const rows = await database.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t ORDER BY 1`);
  return rows.map(({ row }) => row);
}

/** Empties the store; ids count on. */
export async function emptyStore(database: Database): Promise<void> {
  await database.query(`TRUNCATE ${TABLES.join(', ')}, erasure_request`);
}

const NAMED = `SELECT id, concat_ws(':', kind, scope, value) || '#' || epoch AS name FROM identity`;

/** What the store says, by names instead of ids and without clocks: equal for equal histories. */
export async function storyOf(database: Database): Promise<unknown> {
  const ask = async (sql: string): Promise<unknown> => await database.query(`WITH n AS (${NAMED}) ${sql}`);
  return {
    people: await ask(
      `SELECT string_agg(n.name, ' ' ORDER BY n.name COLLATE "C") AS members FROM identity i JOIN n USING (id) GROUP BY i.customer_id ORDER BY 1`,
    ),
    entries: await ask(
      'SELECT e.id, n.name, e.conversation_id, e.occurred_at, e.body, e.changes FROM entry e JOIN n ON n.id = e.identity_id ORDER BY e.id',
    ),
    conversations: await ask(
      'SELECT c.id, n.name, c.entries, c.last_at FROM conversation c JOIN n ON n.id = c.identity_id ORDER BY c.id',
    ),
    facts: await ask(
      'SELECT n.name, f.key, f.value, f.observed_at FROM fact f JOIN n ON n.id = f.identity_id ORDER BY 1, 2',
    ),
    claims: await ask(
      'SELECT n.name, c.rule, c.trust, c.value, c.claimed_at FROM claim c JOIN n ON n.id = c.identity_id ORDER BY 1, 2, 4',
    ),
    links: await ask(
      `SELECT least(x.name, y.name) AS one, greatest(x.name, y.name) AS other, l.rule, l.trust, l.state, l.evidence_at
         FROM link l JOIN n x ON x.id = l.a JOIN n y ON y.id = l.b ORDER BY 1, 2, 3`,
    ),
    announced: await ask(
      `SELECT kind, entry_id, count(*)::int AS times FROM outbox WHERE kind LIKE 'entry.%' GROUP BY 1, 2 ORDER BY 1, 2`,
    ),
  };
}
