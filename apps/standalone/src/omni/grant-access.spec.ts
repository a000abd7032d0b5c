import type { ChannelAccount } from '@app/kernel';
import type { Download, DownloadRequest } from '@app/media';
import { ZaloTokens } from '@app/simulators';
import { grantAccess, type GrantOutcome } from './grant-access.js';

const OA = '2870000000000000001';
const CALLBACK = 'https://cs.example.vn/zalo-callback';
const account: ChannelAccount = {
  id: 'oa-shop',
  channel: 'zalo',
  provider: 'zalo',
  externalId: OA,
  settings: { app_id: '3900000000000000033' },
  secrets: { oa_secret_key: 'khoa', app_secret: 'bi-mat-ung-dung' },
};

interface Run {
  readonly outcome: GrantOutcome;
  readonly said: string;
  readonly asked: readonly DownloadRequest[];
}

/** Grants as an administrator would, who pastes what `paste` makes of the address to which the browser was sent. */
async function run(
  paste: (address: string) => string = (address) => address,
  over: Partial<ChannelAccount> = {},
  answer?: Download,
): Promise<Run> {
  const zalo = new ZaloTokens({ id: '3900000000000000033', secret: 'bi-mat-ung-dung' }, 'chua-cap');
  const asked: DownloadRequest[] = [];
  let said = '';
  const outcome = await grantAccess({ ...account, ...over }, CALLBACK, {
    say: (text) => void (said += text),
    ask: async () => {
      const url = /https:\/\/oauth\.zaloapp\.com\S+/.exec(said)![0];
      return await Promise.resolve(paste(zalo.permit(url, OA)));
    },
    client: {
      download: async (request) => {
        asked.push(request);
        const bytes = Buffer.from(JSON.stringify(zalo.answer({ headers: request.headers!, form: request.form! })));
        return await Promise.resolve(answer ?? { ok: true, bytes });
      },
    },
  });
  return { outcome, said, asked };
}

describe('granting rights to an account', () => {
  it('shows the first refresh token, and sends secrets to the provider only', async () => {
    const { outcome, said, asked } = await run();
    expect(outcome).toEqual({ ok: true });
    expect(said).toContain('lam-moi-1');
    expect(said).toContain(`redirect_uri=${encodeURIComponent(CALLBACK)}`);
    expect(said).toContain('code_challenge_method=S256');
    expect(said).not.toContain('bi-mat-ung-dung');
    expect(asked).toMatchObject([{ headers: { secret_key: 'bi-mat-ung-dung' }, hosts: ['oauth.zaloapp.com'] }]);
    expect(said).not.toContain(asked[0]!.form!['code_verifier']!);
  });

  it('asks another question each time', async () => {
    const [one, two] = await Promise.all([run(), run()]);
    const states = [one, two].map(({ said }) => /state=([\w-]{43})\s/.exec(said)?.[1]);
    expect(states[0]).toBeDefined();
    expect(states[0]).not.toBe(states[1]);
  });

  it.each<[string, (address: string) => string]>([
    ['of another official account', (address) => address.replace(OA, '2870000000000000002')],
    ['that answers another question', (address) => address.replace(/state=[\w-]+/, 'state=x')],
    ['without a code', (address) => address.replace(/code=[\w-]+/, 'code=')],
    ['that is none', () => 'xin chào'],
    ['that is empty', () => ''],
  ])('takes no address %s, and exchanges nothing', async (_what, paste) => {
    const { outcome, asked } = await run(paste);
    expect(outcome.ok).toBe(false);
    expect(asked).toEqual([]);
  });

  it.each<[string, (address: string) => string, Partial<ChannelAccount>, Download | undefined, string]>([
    ['a code that somebody else had', (address) => address.replace('ma-0', 'ma-9'), {}, undefined, '-14003'],
    [
      'a provider that is away',
      (address) => address,
      {},
      { ok: false, outcome: 'retry', reason: 'http_503' },
      'http_503',
    ],
    ['an answer that is none', (address) => address, {}, { ok: true, bytes: Buffer.from('<html>') }, 'something else'],
    ['an account without its secret', (address) => address, { secrets: {} }, undefined, 'app_secret'],
    [
      'a channel without such a grant',
      (address) => address,
      { channel: 'line', provider: 'line' },
      undefined,
      'line/line',
    ],
  ])('says so with %s', async (_what, paste, over, answer, reason) => {
    const { outcome, said } = await run(paste, over, answer);
    expect(outcome).toEqual({ ok: false, reason: expect.stringContaining(reason) });
    expect(said).not.toContain('lam-moi');
  });
});
