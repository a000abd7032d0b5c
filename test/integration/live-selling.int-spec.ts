import { webhookAdapterOf, type ChannelAdapter, type ParsedEvent, type WebhookRequest } from '@app/channels';
import { toRecord } from '@app/ingress';
import type { ChannelAccount } from '@app/kernel';
import { Database, migrate } from '@app/persistence';
import { commentAdded, commentEdited, commentRemoved, MetaPage, SeededRandom, type PageComment } from '@app/simulators';
import { aBatch, aMetaAccount, META_PAGE_ID } from '@app/testkit';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { unifierOn } from '../support/unifier.js';

/** Comments that come within a minute below one live video: who buys what, "chốt đơn". */
const COMMENTS = 3_000;
const PEOPLE = 400;
const PER_POST = 25;
const WORKERS = 4;
const BATCH = 200;
const POST = `${META_PAGE_ID}_500100000000001`;
const BEGIN = Date.UTC(2026, 0, 10, 13);

const account: ChannelAccount = aMetaAccount('facebook_comment');
const adapter = webhookAdapterOf(account) as ChannelAdapter;
const page = new MetaPage({
  pageId: META_PAGE_ID,
  appSecret: account.secrets['app_secret']!,
  path: `/webhooks/facebook_comment/${account.id}`,
});

interface Said {
  readonly comment: PageComment;
  readonly fate: 'stays' | 'edited' | 'removed';
}

function sell(random: SeededRandom): readonly Said[] {
  return Array.from({ length: COMMENTS }, (_, n) => {
    const person = random.int(1, PEOPLE);
    const fates = ['stays', 'stays', 'stays', 'stays', 'edited', 'removed'] as const;
    return {
      comment: {
        commentId: `500100000000001_${600_000_000 + n}`,
        postId: POST,
        from: { id: String(7_400_000_000_000_000 + person), name: `Khách ${person}` },
        createdAt: new Date(BEGIN + Math.floor(n / 50) * 1_000),
        text: `Chốt mẫu ${random.int(1, 9)} size M ạ 🙋`,
      },
      fate: fates[random.int(0, fates.length - 1)]!,
    };
  });
}

/** What Meta posts: many changes in a request, in no order, some requests twice. */
function requestsOf(said: readonly Said[], random: SeededRandom) {
  const changes = said.flatMap(({ comment, fate }) => {
    const added = commentAdded(comment);
    if (fate === 'edited') return [added, commentEdited({ ...comment, text: 'Đổi sang size L giúp em' })];
    return fate === 'removed' ? [added, commentRemoved(comment)] : [added];
  });
  const mixed = changes.map((value) => ({ value, at: random.next() })).sort((left, right) => left.at - right.at);
  const posts = Array.from({ length: Math.ceil(mixed.length / PER_POST) }, (_, index) =>
    page.feed(
      mixed.slice(index * PER_POST, (index + 1) * PER_POST).map(({ value }) => value),
      new Date(BEGIN + 90_000),
    ),
  );
  return posts.flatMap((post) => (random.chance(0.1) ? [post, post] : [post]));
}

function eventsOf(requests: ReturnType<typeof requestsOf>): readonly ParsedEvent[] {
  const receivedAt = new Date(BEGIN + 120_000);
  return requests.flatMap(({ method, path, headers, body }) => {
    const request: WebhookRequest = {
      method,
      originalUrl: path,
      query: new URLSearchParams(),
      headers,
      body,
      remoteAddress: '127.0.0.1',
    };
    const verification = adapter.verify(request, account);
    if (!verification.ok) throw new Error(verification.reason);
    const { events, rejected } = adapter.parse(request, { account, accounts: [account], receivedAt, verification });
    expect(rejected).toEqual([]);
    return events;
  });
}

describe('a burst of comments on one post', () => {
  let server: TestPostgres;
  let database: Database;

  beforeAll(async () => {
    server = await startTestPostgres({ settings: { fsync: 'off' } });
    const url = await server.createDatabase();
    await migrate(url);
    database = Database.connect(url, { applicationName: 'test', max: WORKERS * 2 });
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
  });

  it('is spread by author, taken in by several workers at once, and stands on each timeline in the order of time', async () => {
    const random = new SeededRandom('live');
    const said = sell(random);
    const parsed = eventsOf(requestsOf(said, random));
    const authors = new Set(said.map(({ comment }) => comment.from.id));
    const frame = { senderHmacKey: Buffer.alloc(32), correlationId: 'c' };
    const keys = parsed.map(({ event, senderId }) => toRecord(event, account, senderId, frame).key);
    expect(new Set(keys).size).toBe(authors.size);
    const events = parsed.map(({ event }) => event);

    const batches = Array.from({ length: Math.ceil(events.length / BATCH) }, (_, index) =>
      events.slice(index * BATCH, (index + 1) * BATCH),
    );
    // Worse than Kafka ever does: batches of one person run at once, in no order.
    const work = async (worker: number): Promise<void> => {
      const unifier = unifierOn(database);
      for (const batch of batches.filter((_, index) => index % WORKERS === worker)) {
        const { rejected } = await unifier.unify(aBatch(batch));
        expect(rejected).toEqual([]);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));

    const rows = await database.query<{ id: string; author: string; at: Date; state: string; text: string | null }>(
      `SELECT e.body#>>'{provider,message_id}' AS id, i.value AS author, e.occurred_at AS at,
              coalesce(e.changes->>'state', 'visible') AS state,
              coalesce(e.changes#>>'{content,text}', e.body#>>'{content,text}') AS text
         FROM entry e JOIN identity i ON i.id = e.identity_id WHERE e.body#>>'{post,provider_id}' = $1`,
      [POST],
    );
    const shown = rows.map(({ id, author, at, state, text }) => [id, author, at.getTime(), state, text]);
    const wanted = said.map(({ comment, fate }) => [
      comment.commentId,
      comment.from.id,
      comment.createdAt.getTime(),
      fate === 'removed' ? 'deleted_by_sender' : 'visible',
      fate === 'removed' ? expect.anything() : fate === 'edited' ? 'Đổi sang size L giúp em' : comment.text,
    ]);
    const byId = (left: readonly unknown[], right: readonly unknown[]): number =>
      String(left[0]).localeCompare(String(right[0]));
    expect(shown.toSorted(byId)).toEqual(wanted.toSorted(byId));
    const [people] = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM customer');
    expect(people?.n).toBe(authors.size);
  });
});
