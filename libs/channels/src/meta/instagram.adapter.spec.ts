import { aMetaAccount, countMetaElements, describeChannelAdapter, encodeMetaBody, metaDelivery } from '@app/testkit';
import { instagramAdapter } from './meta.adapters.js';

const ID = '17841400000000077';
const account = aMetaAccount('instagram', { externalId: ID });

const chat = (messaging: readonly unknown[]): Buffer =>
  encodeMetaBody({ object: 'instagram', entry: [{ id: ID, time: 1767600000000, messaging }] });

const message = (more: object): object => ({
  sender: { id: '9900000000000077' },
  recipient: { id: ID },
  timestamp: 1767600000000,
  message: more,
});

describeChannelAdapter({
  adapter: instagramAdapter,
  account,
  otherAccounts: [aMetaAccount('instagram_comment', { externalId: ID })],
  fixtures: new URL('./fixtures/instagram/', import.meta.url),
  encode: encodeMetaBody,
  signedRequest: metaDelivery,
  signatureHeader: 'x-hub-signature-256',
  required: ['secrets.app_secret', 'secrets.verify_token'],
  messages: {
    many: true,
    nul: 'replace',
    body: chat,
    element: (text, index) => message({ mid: `aWdf-suite-${index}`, text }),
    longId: (digits) =>
      Buffer.from(
        chat([message({ mid: 'aWdf-long', text: 'alo' })])
          .toString()
          .replace('"9900000000000077"', digits),
      ),
  },
  countElements: countMetaElements,
});

describe('a body of Facebook pages at the address of an Instagram account', () => {
  it('is nobody’s there: its bytes are kept', () => {
    const body = encodeMetaBody({
      object: 'page',
      entry: [{ id: '106000000000001', messaging: [message({ mid: 'm_1', text: 'alo' })] }],
    });
    const context = { account, accounts: [account], receivedAt: new Date('2026-02-01') };
    const verification = { ok: true, method: 'hmac' } as const;
    const { events, rejected } = instagramAdapter.parse(metaDelivery(body, account), { ...context, verification });
    expect(events).toEqual([]);
    expect(rejected.map(({ code }) => code)).toEqual(['unknown_account']);
  });
});
