import { once } from 'node:events';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { composeMail } from '../mail/compose-mail.js';
import { appendMails } from './append-mail.js';
import { ImapServer } from './imap-server.js';

const credentials = { user: 'hotro', password: 'mật khẩu "kép"' };
const received = new Date('2026-11-20T01:15:02.000Z');

function aMail(number: number, text = 'Chào shop, còn hàng không ạ?'): Buffer {
  return composeMail({
    messageId: `thu-${number}@khachhang.example`,
    from: { name: 'Trần Thị Bưởi', address: 'buoi@khachhang.example' },
    to: { address: 'hotro@shop.example.vn' },
    subject: 'Hỏi giá áo dài cho dịp Tết, cần gấp trước ngày 23 tháng Chạp',
    date: received,
    text,
    ...(number % 2 === 0
      ? { files: [{ name: 'hoá đơn.txt', mediaType: 'text/plain', bytes: Buffer.from('số 12') }] }
      : {}),
  });
}

describe('ImapServer with imapflow', () => {
  let server: ImapServer;
  const clients: ImapFlow[] = [];

  beforeEach(async () => {
    server = await ImapServer.start({ credentials, uidValidity: 77 });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.stop();
  });

  function aClient(options: Partial<ImapFlowOptions> = {}): ImapFlow {
    const auth = { user: credentials.user, pass: credentials.password };
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: server.port,
      secure: false,
      doSTARTTLS: false,
      auth,
      logger: false,
      ...options,
    });
    client.on('error', () => client.close());
    clients.push(client);
    return client;
  }
  async function connected(options: Partial<ImapFlowOptions> = {}): Promise<ImapFlow> {
    const client = aClient(options);
    await client.connect();
    return client;
  }

  it.each([['AUTH=PLAIN'], ['LOGIN']])('lets the right user in by %s', async (loginMethod) => {
    const client = await connected({
      auth: { user: credentials.user, pass: credentials.password, loginMethod },
    });
    expect(client.authenticated).toBeTruthy();
    await client.logout();
  });

  it('refuses a wrong password with the code that clients test', async () => {
    const client = aClient({ auth: { user: 'hotro', pass: 'sai' } });
    await expect(client.connect()).rejects.toMatchObject({
      authenticationFailed: true,
      serverResponseCode: 'AUTHENTICATIONFAILED',
    });
  });

  it('gives back every byte of a mail and leaves it unseen', async () => {
    const raw = aMail(1);
    const uid = server.inbox.append(raw, { internalDate: received });
    const client = await connected();
    await client.mailboxOpen('INBOX', { readOnly: true });
    const query = { source: true, headers: true, internalDate: true, size: true, flags: true } as const;
    const mail = await client.fetchOne(String(uid), query, { uid: true });
    if (mail === false) throw new Error('there must be a mail');
    expect(mail.source?.equals(raw)).toBe(true);
    expect(mail.headers?.toString()).toContain('Message-ID: <thu-1@khachhang.example>');
    expect(mail.internalDate).toEqual(received);
    expect(mail.size).toBe(raw.length);
    expect(mail.flags?.size).toBe(0);
  });

  it('describes envelope and structure', async () => {
    server.inbox.append(aMail(2), { internalDate: received });
    const client = await connected();
    await client.mailboxOpen('INBOX', { readOnly: true });
    const [mail] = await client.fetchAll('1:*', { envelope: true, bodyStructure: true }, { uid: true });
    expect(mail?.envelope).toMatchObject({
      messageId: '<thu-2@khachhang.example>',
      subject: 'Hỏi giá áo dài cho dịp Tết, cần gấp trước ngày 23 tháng Chạp',
      from: [{ name: 'Trần Thị Bưởi', address: 'buoi@khachhang.example' }],
    });
    expect(mail?.bodyStructure).toMatchObject({
      type: 'multipart/mixed',
      childNodes: [
        { part: '1', type: 'text/plain' },
        {
          part: '2',
          type: 'text/plain',
          disposition: 'attachment',
          dispositionParameters: { filename: 'hoá đơn.txt' },
        },
      ],
    });
  });

  it('downloads a large mail in pieces', async () => {
    const raw = aMail(3, 'Áo dài '.repeat(30_000));
    server.inbox.append(raw);
    const client = await connected();
    await client.mailboxOpen('INBOX', { readOnly: true });
    const { content } = await client.download('1', undefined, { uid: true });
    const chunks: Buffer[] = [];
    for await (const chunk of content ?? []) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(raw)).toBe(true);
  });

  it('searches by UID, where n:* names the last mail even below n', async () => {
    for (const number of [1, 2, 3]) server.inbox.append(aMail(number), { internalDate: received });
    server.inbox.expunge([2]);
    const client = await connected();
    await client.mailboxOpen('INBOX', { readOnly: true });
    await expect(client.search({ uid: '2:*' }, { uid: true })).resolves.toEqual([3]);
    await expect(client.search({ uid: '900:*' }, { uid: true })).resolves.toEqual([3]);
    await expect(client.search({ since: new Date('2026-11-20') }, { uid: true })).resolves.toEqual([1, 3]);
    await expect(client.search({ since: new Date('2026-11-21') }, { uid: true })).resolves.toEqual([]);
    await expect(client.search({ header: { 'message-id': 'thu-3@' } }, { uid: true })).resolves.toEqual([3]);
    await expect(client.search({ not: { uid: '1' }, seen: false }, { uid: true })).resolves.toEqual([3]);
  });

  it('reports UIDVALIDITY, UIDNEXT and the count', async () => {
    server.inbox.append(aMail(1));
    const client = await connected();
    const status = await client.status('INBOX', { messages: true, uidNext: true, uidValidity: true });
    expect(status).toMatchObject({ messages: 1, uidNext: 2, uidValidity: 77n });
    const names = (await client.list()).map(({ path }) => path);
    expect(names).toEqual(['INBOX']);
  });

  it('tells an idling client of a mail that another one appends', async () => {
    const client = await connected({ autoIdleDelay: 1 });
    await client.mailboxOpen('INBOX', { readOnly: true });
    const idling = client.idle();
    const exists = once(client, 'exists');
    await appendMails({ port: server.port, credentials }, [{ raw: aMail(1), internalDate: received }]);
    const [news] = (await exists) as [{ count: number }];
    expect(news.count).toBe(1);
    expect(server.inbox.messages[0]?.internalDate).toEqual(received);
    await client.noop();
    await idling;
  });

  it('takes an appended mail as it is', async () => {
    const client = await connected();
    const raw = aMail(4);
    const result = await client.append('INBOX', raw, ['\\Seen'], received);
    expect(result).toMatchObject({ uid: 1, uidValidity: 77n });
    expect(server.inbox.messages[0]?.raw.equals(raw)).toBe(true);
    expect(server.inbox.messages[0]?.flags).toEqual(new Set(['\\Seen']));
  });

  it.each([['before'], ['midway'], ['after']] as const)('breaks the line %s a fetch is answered', async (moment) => {
    server.inbox.append(aMail(1));
    const client = await connected();
    await client.mailboxOpen('INBOX', { readOnly: true });
    server.drops.order('UID FETCH', moment);
    const closed = once(client, 'close');
    await expect(client.fetchOne('1', { source: true }, { uid: true })).rejects.toThrow(/connection|closed|available/i);
    await closed;
    expect(server.drops.pending).toBe(0);
    const again = await connected();
    await again.mailboxOpen('INBOX', { readOnly: true });
    await expect(again.fetchOne('1', { source: true }, { uid: true })).resolves.toMatchObject({ uid: 1 });
  });

  it('ends the session when the folder is made anew, and names the mails anew', async () => {
    for (const number of [1, 2]) server.inbox.append(aMail(number));
    server.inbox.expunge([1]);
    const client = await connected();
    await client.mailboxOpen('INBOX', { readOnly: true });
    const closed = once(client, 'close');
    server.inbox.recreate();
    await closed;
    const again = await connected();
    await again.mailboxOpen('INBOX', { readOnly: true });
    await expect(again.search({ all: true }, { uid: true })).resolves.toEqual([1]);
    expect(again.mailbox).toMatchObject({ uidValidity: 78n });
  });
});
