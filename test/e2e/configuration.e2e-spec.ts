import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program } from '../support/processes.js';
import { testAccounts } from '../support/providers.js';

describe('A process with wrong configuration', () => {
  let folder: string;
  let runs = 0;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'omniline-e2e-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Exit code and output of the chat connector with these settings and accounts. */
  async function start(accounts: string, env: Readonly<Record<string, string>>) {
    const file = path.join(folder, `accounts-${(runs += 1)}.yaml`);
    writeFileSync(file, accounts);
    const program = new Program({
      name: `chat-${runs}`,
      entry: 'apps/chat/src/main.js',
      logs: folder,
      env: {
        PORT: '0',
        OMNILINE_ACCOUNTS: file,
        OMNILINE_SECRET: 'mot-bi-mat-dai-chi-dung-trong-bai-thu-nghiem',
        DATABASE_URL: 'postgres://127.0.0.1:1/khong-co',
        ...env,
      },
    });
    program.start();
    return { code: await program.exit(), output: program.output() };
  }

  it('ends with 78 and names every wrong setting at once', async () => {
    const wrong = { PORT: 'cửa', LOG_LEVEL: 'to', APPEND_TIMEOUT_MS: '0', OMNILINE_SECRET: 'ngắn' };
    const { code, output } = await start(testAccounts(), wrong);
    expect(code).toBe(78);
    for (const name of Object.keys(wrong)) expect(output).toContain(`${name}:`);
    expect(output).not.toContain('ngắn');
  });

  it('ends with 78 and names every wrong account by its path', async () => {
    const accounts = `accounts:
  - { id: fb-shop, channel: messenger, provider: meta, external_id: trang, secrets: { verify_token: x } }
  - { id: oa, channel: zalo, provider: zalo, external_id: "579745863508352884", settings: { app_id: 43 }, secrets: {} }
  - { id: fb-shop, channel: sms, provider: nobody, external_id: "+842871000001", secrets: { auth_token: "\${KHONG_CO}" } }
`;
    const { code, output } = await start(accounts, {});
    expect(code).toBe(78);
    for (const path of [
      'accounts[0].external_id',
      'accounts[0].secrets.app_secret',
      'accounts[1].settings.app_id',
      'accounts[1].secrets.oa_secret_key',
      'accounts[2].provider',
      'accounts[2].secrets.auth_token',
      'same id as accounts[0]',
    ]) {
      expect(output).toContain(path);
    }
  });

  it('ends with 78 without an installation secret and without a place for the stream', async () => {
    expect(await start(testAccounts(), { OMNILINE_SECRET: '' })).toMatchObject({
      code: 78,
      output: expect.stringContaining('OMNILINE_SECRET'),
    });
    expect(await start(testAccounts(), { DATABASE_URL: '' })).toMatchObject({
      code: 78,
      output: expect.stringContaining('DATABASE_URL'),
    });
  });
});
