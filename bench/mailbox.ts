import { ImapFlow } from 'imapflow';
import { Database, MailboxCheckpointRepository, migrate } from '@app/persistence';
import type { MailboxState } from '../apps/email/src/pull-mailbox/mailbox-state.js';
import { dovecotAvailability, startDovecot, type DovecotServer } from '../test/support/dovecot.js';
import { anAccount, startEmailService, until } from '../test/support/email-service.js';
import { startBenchDatabase, type BenchDatabase } from './support/database.js';
import { progress, type ResultTable } from './support/report.js';
import { formatSpread, ratios, spreadOf } from './support/statistics.js';

/** What a run of the benchmark costs. */
export interface MailboxOptions {
  readonly rounds: number;
  /** Mails in the mailbox. */
  readonly mails: number;
}

/** One way to empty the mailbox, in mails per second, and the process's peak memory meanwhile, in MiB. */
interface Round {
  readonly perSecond: number;
  readonly peakMib: number;
}

const APPENDERS = 4;
const ROUND_LIMIT_MS = 120_000;
const MEMORY_EVERY_MS = 50;
const USER = { user: 'hotro', password: 'mat-khau' };

/** Two to twelve kilobytes of Vietnamese, as customers write. */
const mailOf = (number: number): string =>
  `From: "Trần Thị Bưởi" <khach${number % 500}@khach.example>\r\nTo: hotro@shop.example.vn\r\nSubject: Đơn hàng ${number}\r\n` +
  `Date: Tue, 3 Mar 2026 10:05:12 +0700\r\nMessage-ID: <m${number}@khach.example>\r\n` +
  `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n` +
  `${'Chào shop, em muốn hỏi về đơn hàng này ạ.\r\n'.repeat(40 + ((number * 37) % 200))}`;

async function fill(dovecot: DovecotServer, mails: number): Promise<void> {
  const numbers = Array.from({ length: mails }, (_, i) => i + 1);
  await Promise.all(
    Array.from({ length: APPENDERS }, (_, part) =>
      dovecot.append(USER.user, 'INBOX', numbers.filter((number) => number % APPENDERS === part).map(mailOf)),
    ),
  );
}

/** Runs `work` and measures it. Rounds of both ways share this process, so its memory before each is taken off. */
async function measured(mails: number, work: () => Promise<void>): Promise<Round> {
  let peak = 0;
  const before = process.memoryUsage.rss();
  const look = (): void => void (peak = Math.max(peak, process.memoryUsage.rss() - before));
  const timer = setInterval(look, MEMORY_EVERY_MS);
  const since = performance.now();
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  return { perSecond: (1_000 * mails) / (performance.now() - since), peakMib: peak / 2 ** 20 };
}

async function bareLoop(dovecot: DovecotServer, mails: number): Promise<Round> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: dovecot.port,
    secure: false,
    logger: false,
    auth: { user: USER.user, pass: USER.password },
  });
  return await measured(mails, async () => {
    await client.connect();
    const lock = await client.getMailboxLock('INBOX', { readOnly: true });
    let seen = 0;
    for await (const { source } of client.fetch('1:*', { uid: true, source: true })) seen += source ? 1 : 0;
    lock.release();
    await client.logout();
    if (seen !== mails) throw new Error(`${seen} of ${mails} mails`);
  });
}

async function createDatabase(url: string, name: string): Promise<string> {
  const admin = Database.connect(url, { applicationName: 'bench', max: 1 });
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.close();
  const created = new URL(url);
  created.pathname = `/${name}`;
  return created.href;
}

/** Fetches, parses, stores the original and appends the event of every mail, on a new database. */
async function ourPuller(run: {
  readonly server: BenchDatabase;
  readonly number: number;
  readonly dovecot: DovecotServer;
  readonly mails: number;
}): Promise<Round> {
  const { server, number, dovecot, mails } = run;
  const databaseUrl = await createDatabase(server.url, `mailbox_${number}`);
  await migrate(databaseUrl);
  const database = Database.connect(databaseUrl, { applicationName: 'bench', max: 1 });
  const checkpoints = new MailboxCheckpointRepository<MailboxState>(database);
  try {
    const round = await measured(mails, async () => {
      const service = await startEmailService({ databaseUrl, account: anAccount(dovecot.port) });
      const done = async (): Promise<boolean> => {
        const state = await checkpoints.read({ accountId: 'hotro', folder: 'INBOX' });
        return state?.lastUid === mails && state.history === undefined;
      };
      await until(done, () => 'the mailbox', ROUND_LIMIT_MS);
      await service.stop();
    });
    const [row] = await database.query<{ stored: number }>('SELECT count(*)::int AS stored FROM blob');
    if (row!.stored !== mails) throw new Error(`${row!.stored} of ${mails} mails are stored`);
    return round;
  } finally {
    await database.close();
  }
}

/** A whole mailbox taken in by the e-mail service, beside a loop that only fetches it and forgets. */
export async function benchMailbox({ rounds, mails }: MailboxOptions): Promise<ResultTable> {
  const missing = dovecotAvailability().reason;
  if (missing !== undefined) throw new Error(missing);
  const server = await startBenchDatabase();
  const dovecot = await startDovecot([USER]);
  const bare: Round[] = [];
  const ours: Round[] = [];
  try {
    progress(`mailbox: filling it with ${mails.toLocaleString('en')} mails`);
    await fill(dovecot, mails);
    await bareLoop(dovecot, mails);
    for (let round = 0; round < rounds; round += 1) {
      const turns = [
        async () => void bare.push(await bareLoop(dovecot, mails)),
        async () => void ours.push(await ourPuller({ server, number: round, dovecot, mails })),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
      progress(`mailbox: round ${round + 1} of ${rounds}`);
    }
  } finally {
    await dovecot.stop();
    await server.stop();
  }
  const rates = (of: readonly Round[]): number[] => of.map(({ perSecond }) => perSecond);
  const row = (name: string, of: readonly Round[]): string[] => [
    name,
    formatSpread(spreadOf(rates(of)), 0),
    formatSpread(spreadOf(ratios(rates(of), rates(bare)))),
    formatSpread(spreadOf(of.map(({ peakMib }) => peakMib)), 0),
  ];
  return {
    title: 'A mailbox',
    about:
      `${mails.toLocaleString('en')} mails of 2 to 12 kB in a local Dovecot, ${rounds} alternating rounds; median (least–greatest). ` +
      'The service parses each mail, stores its original and appends its event to the log in PostgreSQL; the bare loop ' +
      'only fetches. Memory is what the process grew by.',
    columns: ['way', 'mails/s', '÷ bare loop', 'peak MiB'],
    rows: [row('imapflow, bare loop', bare), row('e-mail service', ours)],
  };
}
