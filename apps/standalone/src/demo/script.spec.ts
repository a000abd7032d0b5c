import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAccount, webhookAdapterOf, type WebhookRequest } from '@app/channels';
import { INBOUND_TYPES } from '@app/contracts';
import { parseAccounts, type ChannelAccount } from '@app/kernel';
import { SeededRandom } from '@app/simulators';
import { compileDay } from './compile-day.js';
import { DayClock } from './day-clock.js';
import { ensureDemoAccounts, isDemoAccountsFile, readDemoAccounts } from './demo-accounts.js';
import { entryName, writeLedger } from './ledger.js';
import type { OutgoingWebhook } from './outgoing.js';
import { castPeople } from './people.js';
import { planScene, type PlannedStep } from './planned-step.js';
import { RunIds } from './run-ids.js';
import { SHOP_DAY } from './script.js';

const NOW = new Date('2026-11-20T03:00:00.000Z');
const day = new DayClock(NOW);
const ENTRY_TYPES = new Set<string>([INBOUND_TYPES.received, INBOUND_TYPES.order, INBOUND_TYPES.call]);

function plan(runId: string): readonly PlannedStep[] {
  const ids = new RunIds(runId);
  const people = castPeople(ids, new SeededRandom('hạt giống'));
  return SHOP_DAY.flatMap((scene) => planScene(scene, people[scene.who], day, ids));
}

describe('accounts and script of the demonstration', () => {
  const home = mkdtempSync(join(tmpdir(), 'omniline-demo-'));
  const path = ensureDemoAccounts(home);
  const accounts: readonly ChannelAccount[] = parseAccounts(readFileSync(path, 'utf8'), {}, checkAccount);
  const steps = plan('abc123');
  const ledger = writeLedger(steps);
  const outgoing = compileDay(steps, readDemoAccounts(path), NOW);
  const webhooks = outgoing.filter((item): item is OutgoingWebhook => item.kind === 'webhook');

  afterAll(() => rmSync(home, { recursive: true }));

  const accountOf = (item: OutgoingWebhook): ChannelAccount => {
    const account = accounts.find(({ id }) => id === item.account);
    if (account === undefined) throw new Error(item.account);
    return account;
  };
  function receive(item: OutgoingWebhook) {
    const account = accountOf(item);
    const adapter = webhookAdapterOf(account);
    if (adapter === undefined) throw new Error(`no adapter for ${account.id}`);
    const { method, path: originalUrl, headers, body } = item.request;
    const query = new URL(originalUrl, 'http://127.0.0.1').searchParams;
    const request: WebhookRequest = { method, originalUrl, query, headers, body, remoteAddress: '127.0.0.1' };
    const verification = adapter.verify(request, account, NOW);
    const context = { account, accounts, receivedAt: NOW };
    return { verification, parse: () => verification.ok && adapter.parse(request, { ...context, verification }) };
  }

  it('keeps the accounts once written, for the owner only', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const before = readFileSync(path, 'utf8');
    expect(ensureDemoAccounts(home)).toBe(path);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(isDemoAccountsFile(path)).toBe(true);
    expect(isDemoAccountsFile('config/accounts.yaml')).toBe(false);
  });

  it('is a full day of a dozen people on every account', () => {
    expect(new Set(steps.map(({ person }) => person.name)).size).toBe(12);
    expect(new Set(steps.map(({ account }) => account))).toEqual(new Set(accounts.map(({ id }) => id)));
    expect(steps.length).toBeGreaterThanOrEqual(150);
    expect(steps.every(({ sentAt }) => sentAt >= day.at('07:30') && sentAt <= day.at('21:30'))).toBe(true);
  });

  it('gives every run ids of its own', () => {
    const names = (list: readonly PlannedStep[]): string[] =>
      writeLedger(list).expected.map(({ account, id }) => entryName(account, id));
    const both = [...names(steps), ...names(plan('abc124'))];
    expect(new Set(both).size).toBe(both.length);
  });

  it('is received by the adapters without loss: each element gives one event', async () => {
    for (const item of webhooks.filter(({ oddity }) => oddity !== 'forged')) {
      const { verification, parse } = receive(item);
      expect([item.account, verification]).toEqual([item.account, expect.objectContaining({ ok: true })]);
      expect(await parse()).toMatchObject({
        rejected: [],
        ignored: [],
        events: Array(item.elements).fill(expect.anything()),
      });
    }
  });

  it('forges messages that no adapter takes', () => {
    const forged = webhooks.filter(({ oddity }) => oddity === 'forged');
    expect(forged.length).toBeGreaterThanOrEqual(3);
    for (const item of forged) expect([item.account, receive(item).verification.ok]).toEqual([item.account, false]);
  });

  it('expects exactly the entries that the adapters make', async () => {
    const results = await Promise.all(webhooks.map((item) => receive(item).parse()));
    const made = results.flatMap((result) => (result === false ? [] : result.events.map(({ event }) => event)));
    const entries = made.filter(({ type }) => ENTRY_TYPES.has(type));
    // Reports of one order or call add up to one entry.
    const names = [...new Set(entries.map(({ data }) => entryName(data.account_id, data.provider.message_id)))];
    const expected = ledger.expected.filter(({ account }) => account !== 'hotro');
    expect(names.sort()).toEqual(expected.map(({ account, id }) => entryName(account, id)).sort());
  });
});
