import { jest } from '@jest/globals';
import { CredentialUnreadableError, StoreUnavailableError, type CredentialSlot } from '@app/kernel';
import { CredentialRepository, Database, migrate } from '@app/persistence';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

const SECRET = 'mot-bi-mat-dai-hon-ba-muoi-hai-ky-tu';
const slot: CredentialSlot = { accountId: 'hotro', name: 'oauth', seed: 'hat-giong-1' };

describe('credentials that rotate', () => {
  let postgres: TestPostgres;
  let databases: Database[];
  let url: string;

  /** A copy of a service: its own pool, its own memory. */
  const copy = (secret = SECRET): CredentialRepository => {
    const database = Database.connect(url, { applicationName: 'test', max: 3 });
    databases.push(database);
    return new CredentialRepository(database, secret);
  };
  const admin = (): Database => databases[0]!;
  const to = (value: string, expiresAt?: Date) => () => Promise.resolve({ value, expiresAt });

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    url = await postgres.createDatabase();
    await migrate(url);
    databases = [Database.connect(url, { applicationName: 'test-admin', max: 2 })];
  });
  afterEach(async () => {
    await Promise.all(databases.map((database) => database.close()));
  });

  it('begin with the accounts file and go on with what the provider gave', async () => {
    expect(await copy().current(slot)).toEqual({ value: 'hat-giong-1', version: 1, expiresAt: undefined });
    const expiresAt = new Date('2026-03-03T04:00:00Z');
    const renewed = await copy().refresh(slot, 1, to('moi-2', expiresAt));
    expect(renewed).toEqual({ value: 'moi-2', version: 2, expiresAt });
    expect(await copy().current(slot)).toEqual(renewed);
  });

  it('lie in the database without a readable word', async () => {
    await copy().refresh(slot, 1, to('moi-2'));
    const [row] = await admin().query<{ text: string }>(`SELECT encode(ciphertext, 'escape') AS text FROM credential`);
    expect(row!.text).not.toMatch(/moi|giong/);
  });

  it('are refreshed once by copies that race, and all get what one got', async () => {
    let calls = 0;
    const exchange = async () => {
      calls++;
      // The others are waiting for the lock before the provider answers.
      for (;;) {
        const [row] = await admin().query<{ waiting: number }>(
          `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        if (row!.waiting === 4) return { value: 'moi-2', expiresAt: undefined };
      }
    };
    await copy().current(slot);
    const results = await Promise.all(Array.from({ length: 5 }, () => copy().refresh(slot, 1, exchange)));
    expect(calls).toBe(1);
    expect(results.map(({ value, version }) => [value, version])).toEqual(Array(5).fill(['moi-2', 2]));
  });

  it('are seeded once by copies that start together', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => copy().current(slot)));
    expect(results.every(({ version }) => version === 1)).toBe(true);
  });

  it('stay as they are when the provider refuses', async () => {
    const refuse = () => Promise.reject(new Error('invalid_grant'));
    await expect(copy().refresh(slot, 1, refuse)).rejects.toThrow('invalid_grant');
    expect(await copy().current(slot)).toMatchObject({ value: 'hat-giong-1', version: 1 });
  });

  it('follow a new value of the accounts file, but never an old one again', async () => {
    const changed = { ...slot, seed: 'hat-giong-2' };
    await copy().refresh(slot, 1, to('moi-2'));
    expect(await copy().current(changed)).toMatchObject({ value: 'hat-giong-2', version: 3 });
    await copy().refresh(changed, 3, to('moi-4'));
    // A copy that still runs with the old file.
    expect(await copy().current(slot)).toMatchObject({ value: 'moi-4', version: 4 });
    expect(await copy().current(changed)).toMatchObject({ value: 'moi-4', version: 4 });
  });

  /** A provider call during which the connection to the database ends. */
  const losingTheDatabase = (value: string) => async () => {
    await admin().query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
    return { value, expiresAt: undefined };
  };

  it('that could not be stored are kept by the process and stored by its next refresh, without a second call', async () => {
    const mine = copy();
    await mine.current(slot);
    await expect(mine.refresh(slot, 1, losingTheDatabase('moi-2'))).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await copy().current(slot)).toMatchObject({ value: 'hat-giong-1', version: 1 });
    const second = jest.fn(to('never'));
    expect(await mine.refresh(slot, 1, second)).toMatchObject({ value: 'moi-2', version: 2 });
    expect(second).not.toHaveBeenCalled();
    expect(await copy().current(slot)).toMatchObject({ value: 'moi-2', version: 2 });
  });

  it('are lost with a process that dies between answer and storing, until the file brings another', async () => {
    await expect(copy().refresh(slot, 1, losingTheDatabase('moi-2'))).rejects.toBeInstanceOf(StoreUnavailableError);
    // Another process has only the value that the provider has ended.
    const offered: string[] = [];
    const refuse = ({ value }: { value: string }) => {
      offered.push(value);
      return Promise.reject(new Error('invalid_grant'));
    };
    await expect(copy().refresh(slot, 1, refuse)).rejects.toThrow('invalid_grant');
    expect(offered).toEqual(['hat-giong-1']);
    expect(await copy().current({ ...slot, seed: 'hat-giong-2' })).toMatchObject({ value: 'hat-giong-2' });
  });

  it('do not open under another installation secret, and survive the mistake', async () => {
    await copy().refresh(slot, 1, to('moi-2'));
    const wrong = copy('mot-bi-mat-khac-dai-hon-32-ky-tu-nua');
    await expect(wrong.current(slot)).rejects.toBeInstanceOf(CredentialUnreadableError);
    await expect(wrong.refresh(slot, 2, to('never'))).rejects.toBeInstanceOf(CredentialUnreadableError);
    expect(await copy().current(slot)).toMatchObject({ value: 'moi-2', version: 2 });
  });

  it.each([
    ['its bytes', `ciphertext = set_byte(ciphertext, 30, get_byte(ciphertext, 30) # 1)`],
    ['its version', 'version = version + 1'],
  ])('do not open when somebody altered %s', async (_what, change) => {
    await copy().current(slot);
    await admin().query(`UPDATE credential SET ${change}`);
    await expect(copy().current(slot)).rejects.toBeInstanceOf(CredentialUnreadableError);
  });
});
