import type { MessageReceived } from '@app/contracts';
import { aMetaAccount, describeChannelAdapter, encodeMetaBody, metaDelivery } from '@app/testkit';
import { whatsAppAdapter } from './meta.adapters.js';

const PHONE_NUMBER_ID = '220000000000077';
const NUMBER = '84907000011';
const account = aMetaAccount('whatsapp', { externalId: PHONE_NUMBER_ID });

const change = (value: object): object => ({
  field: 'messages',
  value: { messaging_product: 'whatsapp', metadata: { phone_number_id: PHONE_NUMBER_ID }, ...value },
});
const bodyOf = (value: object): object => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '330000000000077', changes: [change(value)] }],
});
const text = (words: string, index = 0) => ({
  from: NUMBER,
  id: `wamid.suite-${index}`,
  timestamp: '1767600000',
  type: 'text',
  text: { body: words },
});
const status = (said: string): Buffer =>
  encodeMetaBody(
    bodyOf({ statuses: [{ id: 'wamid.out', status: said, timestamp: '1767600000', recipient_id: NUMBER }] }),
  );

const LISTS = ['messages', 'statuses', 'message_echoes', 'user_id_update', 'errors'];
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Elements by the letter of the documentation: whatever cannot hold elements counts as one itself. */
function countOfChange(changed: unknown): number {
  const value = isObject(changed) ? changed['value'] : undefined;
  if (!isObject(value)) return 1;
  const lists = LISTS.filter((name) => name in value).map((name) => value[name]);
  const found = lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 1), 0);
  return Math.max(1, found + ('history' in value ? countOfHistory(value['history']) : 0));
}

function countOfHistory(history: unknown): number {
  const chunks = Array.isArray(history) ? (history as unknown[]) : [history];
  return chunks.reduce<number>((sum, chunk) => {
    const threads = isObject(chunk) ? chunk['threads'] : undefined;
    if (!Array.isArray(threads)) return sum + 1;
    return (threads as unknown[]).reduce<number>((count, thread) => {
      const messages = isObject(thread) && 'messages' in thread ? thread['messages'] : 0;
      return count + (Array.isArray(messages) ? messages.length : 1);
    }, sum);
  }, 0);
}

function countElements(body: unknown): number {
  if (!isObject(body) || !Array.isArray(body['entry']) || body['entry'].length === 0) return 1;
  return (body['entry'] as unknown[]).reduce<number>((sum, entry) => {
    const changes = isObject(entry) && 'changes' in entry ? entry['changes'] : 0;
    if (!Array.isArray(changes) || changes.length === 0) return sum + 1;
    return (changes as unknown[]).reduce<number>((count, each) => count + countOfChange(each), sum);
  }, 0);
}

describeChannelAdapter({
  adapter: whatsAppAdapter,
  account,
  fixtures: new URL('./fixtures/whatsapp/', import.meta.url),
  encode: encodeMetaBody,
  signedRequest: metaDelivery,
  signatureHeader: 'x-hub-signature-256',
  required: ['secrets.app_secret', 'secrets.verify_token'],
  messages: {
    many: true,
    nul: 'replace',
    body: (elements) => encodeMetaBody(bodyOf({ messages: elements })),
    element: text,
    longId: (digits) =>
      Buffer.from(
        encodeMetaBody(bodyOf({ messages: [text('alo')] }))
          .toString()
          .replace(`"${NUMBER}"`, digits),
      ),
  },
  statuses: [
    ['sent', status('sent'), 'sent'],
    ['delivered', status('delivered'), 'delivered'],
    ['read', status('read'), 'read'],
    ['played', status('played'), 'read'],
    ['failed', status('failed'), 'failed'],
    ['one that is not documented', status('warned'), 'none'],
  ],
  countElements,
});

const parse = (body: object) => {
  const bytes = encodeMetaBody(body);
  return whatsAppAdapter.parse(metaDelivery(bytes, account), {
    account,
    accounts: [account],
    receivedAt: new Date('2026-02-01T00:00:00Z'),
    verification: { ok: true, method: 'hmac' },
  });
};
const messageOf = (body: object): MessageReceived => parse(body).events[0]!.event.data as MessageReceived;

describe('who wrote on WhatsApp', () => {
  const USER_ID = 'VN.70300000000000000077';

  it('is known by the id of the business, to which the number beside it is bound', () => {
    const { identity, claims } = messageOf(bodyOf({ messages: [{ ...text('alo'), from_user_id: USER_ID }] }));
    expect(identity).toMatchObject({ kind: 'whatsapp_user', scope: '330000000000077', value: USER_ID });
    expect(claims).toEqual([{ kind: 'phone', value: `+${NUMBER}`, level: 4, source: 'whatsapp.user_id' }]);
  });

  it('is known within the portfolio when its id is set', () => {
    const own = { ...account, settings: { portfolio_id: '110000000000077' } };
    const { events } = whatsAppAdapter.parse(
      metaDelivery(encodeMetaBody(bodyOf({ messages: [{ ...text('alo'), from_user_id: USER_ID }] })), own),
      { account: own, accounts: [own], receivedAt: new Date('2026-02-01'), verification: { ok: true, method: 'hmac' } },
    );
    expect(events[0]!.event.data.identity?.scope).toBe('110000000000077');
  });

  it('is matched with the contacts by id, never by position', () => {
    const contacts = [
      { profile: { name: 'Người khác' }, wa_id: '84900000000', user_id: 'VN.1' },
      { profile: { name: 'Lan' }, wa_id: NUMBER, user_id: USER_ID },
    ];
    expect(messageOf(bodyOf({ contacts, messages: [text('alo')] })).identity).toMatchObject({
      value: USER_ID,
      display_name: 'Lan',
    });
  });

  it('is the number alone when nothing else is told', () => {
    expect(messageOf(bodyOf({ messages: [text('alo')] })).identity).toMatchObject({
      kind: 'phone',
      scope: '',
      value: `+${NUMBER}`,
      authenticity: 'A2',
    });
  });
});

describe('files of WhatsApp', () => {
  const { requestFor } = whatsAppAdapter.media!;

  it('are asked for by number, then by address, each time with the token', () => {
    const first = requestFor!({ locator: '990000000000077', source: 'provider' }, account, new Date(0));
    const headers = { authorization: 'Bearer EAAB-made-up' };
    expect(first).toMatchObject({ url: 'https://graph.facebook.com/v25.0/990000000000077', headers });
    const url = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=990000000000077';
    expect(first?.next?.(Buffer.from(JSON.stringify({ url })))).toEqual({ url, headers });
    expect(first?.next?.(Buffer.from('{}'))).toBeUndefined();
  });

  it('are not asked for without a token, nor by anything but a number', () => {
    expect(requestFor!({ locator: '../me', source: 'provider' }, account, new Date(0))).toBeUndefined();
    expect(requestFor!({ locator: '1', source: 'provider' }, { ...account, secrets: {} }, new Date(0))).toBeUndefined();
  });
});
