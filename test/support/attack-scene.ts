import type { InboundEvent } from '@app/contracts';
import { aBatch } from '@app/testkit';
import { assertInvariants } from './identities.js';
import { peopleOn, type People } from './people.js';
import { startTestPostgres, type TestPostgres } from './postgres.js';
import { startTimelineService, type TimelineService } from './timeline-service.js';
import { unifierOn } from './unifier.js';

/** Names an identity as the store keeps it: kind, scope, value. */
export type IdentityName = readonly [kind: string, scope: string, value: string];

/** Everything that the API answers about a customer, as text. */
export interface View {
  readonly customer: string;
  readonly timeline: string;
  readonly merges: string;
  readonly suggestions: string;
  readonly distinct: string;
}

const PARTS = {
  customer: '',
  timeline: '/timeline?limit=200',
  merges: '/merges',
  suggestions: '/merge-suggestions',
  distinct: '/distinct-from',
} as const;

/** A service with its database, for tests in which somebody attacks somebody. */
export class AttackScene {
  private constructor(
    private readonly server: TestPostgres,
    readonly service: TimelineService,
    readonly people: People,
  ) {}

  static async open(): Promise<AttackScene> {
    const server = await startTestPostgres({ settings: { fsync: 'off' } });
    const service = await startTimelineService(await server.createDatabase());
    return new AttackScene(server, service, peopleOn(service));
  }

  async close(): Promise<void> {
    await this.service.close();
    await this.server.stop();
  }

  /** An empty world in which ids count from the same numbers, so that two worlds can be compared byte for byte. */
  async newWorld(): Promise<void> {
    await this.people.reset();
    await this.service.database.query('TRUNCATE identity, graph_log, outbox RESTART IDENTITY');
    await this.service.database.query('ALTER SEQUENCE customer_number RESTART');
  }

  /** Hands events to the unifier as one batch. @returns what it refuses */
  async send(
    events: readonly InboundEvent[],
    settings: Readonly<Record<string, string>> = {},
  ): Promise<readonly { readonly code: string; readonly detail: string }[]> {
    if (events.length === 0) return [];
    const { rejected } = await unifierOn(this.service.database, { settings }).unify(aBatch(events));
    return rejected.map(({ code, detail }) => ({ code, detail: detail ?? '' }));
  }

  async check(): Promise<void> {
    await assertInvariants(this.service.database);
  }

  /** @throws Error when nobody has the name */
  async customerOf([kind, scope, value]: IdentityName): Promise<string> {
    const [row] = await this.service.database.query<{ customer_id: string }>(
      'SELECT customer_id::text FROM identity WHERE kind = $1 AND scope = $2 AND value = $3 AND valid_to IS NULL',
      [kind, scope, value],
    );
    if (row === undefined) throw new Error(`Nobody is ${kind}:${scope}:${value}`);
    return `cus_${row.customer_id}`;
  }

  /** What the API answers about whoever has the name now. */
  async viewOf(name: IdentityName): Promise<View> {
    return await this.viewOfCustomer(await this.customerOf(name));
  }

  async viewOfCustomer(id: string): Promise<View> {
    const answers: [string, string][] = [];
    for (const [part, path] of Object.entries(PARTS)) {
      const { status, text } = await this.people.call('GET', `/v1/customers/${id}${path}`);
      if (status !== 200) throw new Error(`${path || 'customer'} of ${id} answers ${status}: ${text}`);
      answers.push([part, text]);
    }
    return Object.fromEntries(answers) as unknown as View;
  }

  /** Rows of a table. */
  async count(table: string): Promise<number> {
    const [row] = await this.service.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return row!.n;
  }
}

/** A view without what two equal worlds differ in: the machine's clock, and the random name of a batch. */
export const withoutClock = (view: View): View =>
  JSON.parse(JSON.stringify(view).replace(/(\\"(?:stored_at|at|batch_id)\\":\\")[^"\\]*/g, '$1')) as View;
