import { INBOUND_SCHEMAS } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { aMetaAccount, META_PAGE_ID } from '@app/testkit';
import type { ParseResult } from '../channel-adapter.js';
import { facebookCommentAdapter, messengerAdapter } from './meta.adapters.js';
import { parsePageBody } from './page-parser.js';

const OTHER_PAGE = '106000000000002';
const chats = aMetaAccount('messenger');
const comments = aMetaAccount('facebook_comment');
const otherChats = aMetaAccount('messenger', { id: 'fb-hue', externalId: OTHER_PAGE });
const ACCOUNTS = [chats, comments, otherChats];
const RECEIVED_AT = new Date('2026-02-01T00:00:00.000Z');

const message = (mid: string, more: object = {}): object => ({
  sender: { id: '7400000000000101' },
  recipient: { id: META_PAGE_ID },
  timestamp: 1767600000000,
  message: { mid, text: 'Còn hàng không ạ?', ...more },
});
const comment = (id: string): object => ({
  field: 'feed',
  value: {
    item: 'comment',
    verb: 'add',
    from: { id: '7400000000000101' },
    post_id: `${META_PAGE_ID}_501`,
    comment_id: id,
    created_time: 1767600000,
    message: 'Giá sao shop?',
  },
});
const entry = (more: object, id: unknown = META_PAGE_ID): object => ({ id, time: 1767600000000, ...more });
const pageBody = (...entries: readonly unknown[]): string => JSON.stringify({ object: 'page', entry: entries });

const parse = (body: string | Buffer, account: ChannelAccount = chats, accounts = ACCOUNTS): ParseResult =>
  parsePageBody(Buffer.from(body), {
    account,
    accounts,
    receivedAt: RECEIVED_AT,
    verification: { ok: true, method: 'hmac', keyId: '0' },
  });
const owners = ({ events }: ParseResult) =>
  events.map(({ account, event }) => [account.id, event.data.account_id, event.data.channel]);
const rejections = ({ rejected }: ParseResult) => rejected.map(({ code, bytes }) => [code, bytes.toString()]);

describe('a body for pages', () => {
  const mixed = pageBody(
    entry({ messaging: [message('m_1')], changes: [comment('501_1')] }),
    entry({ messaging: [message('m_2')] }, OTHER_PAGE),
    entry({ standby: [message('m_3')] }),
  );
  const mixedOwners = [
    ['fb-shop', 'fb-shop', 'messenger'],
    ['shop-comments', 'shop-comments', 'facebook_comment'],
    ['fb-hue', 'fb-hue', 'messenger'],
    ['fb-shop', 'fb-shop', 'messenger'],
  ];

  it.each(ACCOUNTS)('goes to the accounts of its pages and channels when it arrives at $id', (account) => {
    expect(owners(parse(mixed, account))).toEqual(mixedOwners);
  });

  it.each([messengerAdapter, facebookCommentAdapter])('is read alike by the adapter of $channel', (adapter) => {
    const request = {
      method: 'POST',
      originalUrl: '/',
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.from(mixed),
      remoteAddress: '192.0.2.10',
    } as const;
    const context = {
      account: chats,
      accounts: ACCOUNTS,
      receivedAt: RECEIVED_AT,
      verification: { ok: true, method: 'hmac' },
    } as const;
    expect(owners(adapter.parse(request, context))).toEqual(mixedOwners);
  });

  it('gives an element the same id at whichever address it arrives', () => {
    const ids = ACCOUNTS.map((account) => parse(mixed, account).events.map(({ event }) => event.id));
    expect(new Set(ids.map((list) => list.join())).size).toBe(1);
  });

  it('keeps elements of pages and channels that have no account as dead letters, not their neighbours', () => {
    const stranger = message('m_4');
    const unserved = comment('501_2');
    const result = parse(
      pageBody(
        entry({ messaging: [stranger] }, '999'),
        entry({ changes: [unserved] }, OTHER_PAGE),
        entry({ messaging: [message('m_5')] }),
      ),
    );
    expect(rejections(result)).toEqual([
      ['unknown_account', JSON.stringify(stranger)],
      ['unknown_account', JSON.stringify(unserved)],
    ]);
    expect(owners(result)).toEqual([['fb-shop', 'fb-shop', 'messenger']]);
  });

  it('is not given to an account of another provider with the same page', () => {
    const elsewhere = aMetaAccount('messenger', { id: 'khac', provider: 'other' });
    expect(
      rejections(parse(pageBody(entry({ messaging: [message('m_6')] })), comments, [elsewhere, comments])),
    ).toEqual([['unknown_account', JSON.stringify(message('m_6'))]]);
  });
});

describe('bytes of elements', () => {
  it('are kept exactly, blanks, escapes and long numbers included', () => {
    const element = String.raw`{ "sender":{"id":5741311803571721087},"recipient" : {"id":"106000000000001"}, "message":{"mid":"m_7","text":"gi\u00e1 \/ \ud83d\ude0a"},"timestamp":1767600000000 }`;
    const body = `{"object":"page",\n"entry":[ {"messaging":[ ${element} ,{}],"id":106000000000001} ]}\n`;
    const { events, rejected } = parse(body);
    expect(events.map(({ event, senderId }) => [event.data.raw.data, senderId])).toEqual([
      [element, '5741311803571721087'],
    ]);
    expect(rejected.map(({ bytes }) => bytes.toString())).toEqual(['{}']);
  });

  it('keep what is not UTF-8 as it came', () => {
    const body = Buffer.from(pageBody(entry({ messaging: [message('m_8', { text: 'a?b' })] })));
    body[body.indexOf('a?b') + 1] = 0xff;
    const [found] = parse(body).events;
    const { encoding, data } = found!.event.data.raw;
    expect(encoding).toBe('base64');
    expect(body.includes(Buffer.from(data, 'base64'))).toBe(true);
    expect(Buffer.from(data, 'base64').includes(0xff)).toBe(true);
  });

  it('come with what stood around them, so that they can be parsed again', () => {
    const [found] = parse(pageBody(entry({ messaging: [message('m_9')] }))).events;
    const { data, context } = found!.event.data.raw;
    const around = JSON.parse(context!) as { object: string; entry: object };
    const again = { object: around.object, entry: [{ ...around.entry, messaging: [JSON.parse(data) as unknown] }] };
    expect(parse(JSON.stringify(again)).events.map(({ event }) => event.id)).toEqual([found!.event.id]);
  });
});

describe('names that every object inherits', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('%s stands for nothing of ours', (name) => {
    const attached = message('m_15', {
      text: undefined,
      attachments: [{ type: name, payload: { url: 'https://x.example/' } }],
    });
    const oddItem = JSON.stringify({ ...message('m_16'), message: undefined }).replace('{', `{"${name}":{},`);
    const oddVerb = { field: 'feed', value: { ...(comment('501_3') as { value: object }).value, verb: name } };
    const oddReaction = {
      field: 'feed',
      value: { ...oddVerb.value, item: 'reaction', verb: 'add', reaction_type: name },
    };
    const list = `"messaging":[${JSON.stringify(attached)},${oddItem}],"changes":[${JSON.stringify([oddVerb, oddReaction]).slice(1, -1)}]`;
    const { events, rejected, ignored } = parse(`{"object":"page","entry":[{"id":"${META_PAGE_ID}",${list}}]}`);
    expect([rejected, ignored]).toEqual([[], []]);
    expect(events.map(({ event }) => INBOUND_SCHEMAS[event.type].safeParse(event.data).error)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(events.map(({ event }) => ('content' in event.data ? event.data.content.type : event.type))).toEqual([
      'unsupported',
      'unsupported',
      'unsupported',
      'omni.inbound.message.reacted',
    ]);
  });
});

describe('what makes no event', () => {
  it.each([
    ['nothing', '', 'decode_failed'],
    ['a cut body', pageBody(entry({ messaging: [message('m_10')] })).slice(0, -3), 'decode_failed'],
    ['a form', 'object=page&entry=1', 'decode_failed'],
    ['a list', '[]', 'schema_invalid'],
    ['a body without entries', '{"object":"page"}', 'schema_invalid'],
    ['entries that are no list', '{"object":"page","entry":{}}', 'schema_invalid'],
    ['entries that stand twice', '{"object":"page","entry":[{"id":"1"}],"entry":[]}', 'schema_invalid'],
  ])('rejects %s whole', (_label, body, code) => {
    const result = parse(body);
    expect(rejections(result)).toEqual([[code, body]]);
    expect([result.events, result.ignored]).toEqual([[], []]);
  });

  it('rejects an entry in which a list stands twice, and keeps the others', () => {
    const twice = `{"id":"${META_PAGE_ID}","messaging":[{"a":1}],"messaging":[]}`;
    const body = `{"object":"page","entry":[${twice},${JSON.stringify(entry({ messaging: [message('m_11')] }))}]}`;
    expect(rejections(parse(body))).toEqual([['schema_invalid', twice]]);
    expect(owners(parse(body))).toHaveLength(1);
  });

  it('finds lists whose names are written with escapes', () => {
    const body = pageBody(entry({ messaging: [message('m_12')] }))
      .replace('"entry"', String.raw`"\u0065ntry"`)
      .replace('"messaging"', String.raw`"m\u0065ssaging"`);
    expect(owners(parse(body))).toEqual([['fb-shop', 'fb-shop', 'messenger']]);
  });

  it.each([
    ['no entries', pageBody(), ['empty_body']],
    ['an entry with nothing', pageBody(entry({})), ['empty_entry']],
    ['empty lists', pageBody(entry({ messaging: [], changes: [] })), ['empty_entry']],
    ['names of changed fields', pageBody(entry({ changed_fields: ['feed', 'x'] })), ['changed_field', 'changed_field']],
    ['the Test button', pageBody(entry({ changes: [comment('1_2')] }, '0')), ['console_test']],
  ])('ignores %s and says why', (_label, body, reasons) => {
    const { events, rejected, ignored } = parse(body);
    expect([events, rejected, ignored.map(({ reason }) => reason)]).toEqual([[], [], reasons]);
  });

  it('rejects what is too large for a record, with all its bytes, and keeps its neighbour', () => {
    const huge = message('m_13', { text: 'a', padding: 'x'.repeat(600_000) });
    const result = parse(pageBody(entry({ messaging: [huge, message('m_14')] })));
    expect(rejections(result)).toEqual([['too_large', JSON.stringify(huge)]]);
    expect(owners(result)).toHaveLength(1);
  });

  it('reads a thousand elements in order, losing none', () => {
    const mids = Array.from({ length: 1000 }, (_, index) => `m_many-${index}`);
    const { events } = parse(pageBody(entry({ messaging: mids.map((mid) => message(mid)) })));
    expect(events.map(({ event }) => event.data.provider.message_id)).toEqual(mids);
  });
});
