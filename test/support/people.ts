import { anInboundMessage } from '@app/testkit';
import { brokenInvariants, pointerTable } from './identities.js';
import type { Answer, TimelineService } from './timeline-service.js';

/** A customer as the API answers, as far as tests look at it. */
export interface ApiCustomer {
  readonly customer_id: string;
  readonly canonical_id: string;
  readonly ref: string;
  readonly status: string;
  readonly display_name?: string;
  readonly identities: readonly { readonly identity_id: string; readonly value: string; readonly state: string }[];
  readonly counts: { readonly entries: number };
}

/** What a decision answers, as far as tests look at it. */
export interface ApiDecision {
  readonly merge_id?: string;
  readonly dry_run: boolean;
  readonly moves: readonly { readonly merge_id?: string; readonly op: string }[];
  readonly customers: readonly ApiCustomer[];
  readonly survivor: ApiCustomer;
  readonly evidence_against: readonly { readonly code: string; readonly sentence: string }[];
}

const CHANNELS = {
  phone: 'sms',
  messenger_psid: 'messenger',
  zalo_user: 'zalo',
  email: 'email',
  email_unverified: 'email',
  livechat_visitor: 'livechat',
} as const;
const SCOPES: Readonly<Record<string, string>> = { messenger_psid: 'page', zalo_user: 'oa', livechat_visitor: 'w' };

/** Kind of identity that a test's somebody has. */
export type Kind = keyof typeof CHANNELS;

/** A claim as a connector makes it. */
interface MadeClaim {
  readonly kind: 'phone' | 'external_id';
  readonly value: string;
  readonly level: number;
  readonly source: string;
}

/** What somebody writes. */
export interface Writes {
  readonly name?: string;
  readonly text?: string;
  /** After 20 November 2026, 5 o'clock UTC. */
  readonly minutes?: number;
  readonly claims?: readonly MadeClaim[];
}

/** Somebody says that a number is theirs; nobody checked it. */
export const phoneClaim = (value: string): MadeClaim => ({
  kind: 'phone',
  value,
  level: 1,
  source: 'zalo.user_submit_info',
});
/** Proof of level 4 that a Zalo user of an official account is a user of its app. */
export const appClaim = (value: string): MadeClaim => ({
  kind: 'external_id',
  value: `zalo_app_user:app:${value}`,
  level: 4,
  source: 'zalo.user_id_by_app',
});

/** Status and code of a refusal. */
export const codeOf = (answer: Answer): unknown[] => [answer.status, (answer.body as { code?: string }).code];

const START = Date.UTC(2026, 10, 20, 5);

/** People who write to a service, and what its API tells of them. */
export class People {
  private numbered = 0;

  constructor(private readonly service: TimelineService) {}

  async reset(): Promise<void> {
    await this.service.reset();
    await this.service.database.query('TRUNCATE claim, cannot_link, relay_owner, graph_job');
  }

  /** @throws Error when the store breaks what must always be true */
  async check(): Promise<void> {
    const broken = await brokenInvariants(this.service.database);
    if (broken.length > 0) throw new Error(broken.join('\n'));
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return await this.service.get(path, { method, ...(body === undefined ? {} : json) });
  }

  async ok<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path} answers ${answer.status}: ${answer.text}`);
    return answer.body as T;
  }

  async decide(method: string, path: string, body?: unknown): Promise<ApiDecision> {
    return await this.ok<ApiDecision>(method, path, body);
  }

  /** Somebody writes to us. @returns the customer that they are */
  async write(kind: Kind, value: string, { name, text, minutes = 0, claims }: Writes = {}): Promise<ApiCustomer> {
    this.numbered += 1;
    const identity = { kind, scope: SCOPES[kind] ?? '', value, ...(name === undefined ? {} : { display_name: name }) };
    await this.service.unify(
      anInboundMessage({
        id: `m${this.numbered}`,
        account: `account-${CHANNELS[kind]}`,
        channel: CHANNELS[kind],
        thread: value,
        identity: { ...identity, ...(kind === 'email_unverified' ? { authenticity: 'A1' } : {}) },
        at: new Date(START + minutes * 60_000),
        ...(text === undefined ? {} : { text }),
        ...(claims === undefined ? {} : { more: { claims: [...claims] } }),
      }),
    );
    return await this.owner(kind, value);
  }

  async owner(kind: Kind, value: string): Promise<ApiCustomer> {
    const name = [kind, SCOPES[kind], value].filter((part) => part !== undefined).join(':');
    const path = `/v1/customers?identity=${encodeURIComponent(name)}`;
    const { customers } = await this.ok<{ customers: ApiCustomer[] }>('GET', path);
    return customers.find((customer) => customer.identities.some((identity) => identity.value === value))!;
  }

  async one(id: string): Promise<ApiCustomer> {
    return await this.ok<ApiCustomer>('GET', `/v1/customers/${id}`);
  }

  /** Ids of the entries of a timeline, newest first. */
  async timeline(id: string): Promise<readonly string[]> {
    const { entries } = await this.ok<{ entries: { entry_id: string }[] }>('GET', `/v1/customers/${id}/timeline`);
    return entries.map((entry) => entry.entry_id);
  }

  /** Everything stored that a decision could change. */
  async everything(): Promise<unknown> {
    const { database } = this.service;
    return [
      await pointerTable(database),
      await database.query('SELECT * FROM link ORDER BY a, b, rule'),
      await database.query('SELECT * FROM cannot_link ORDER BY a, b'),
      await database.query('SELECT * FROM graph_log ORDER BY id'),
      await database.query('SELECT * FROM outbox ORDER BY id'),
    ];
  }
}

export const peopleOn = (service: TimelineService): People => new People(service);
