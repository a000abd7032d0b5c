import {
  aMetaAccount,
  countMetaElements,
  describeChannelAdapter,
  encodeMetaBody,
  META_PAGE_ID,
  metaDelivery,
  metaHandshake,
} from '@app/testkit';
import { messengerAdapter } from './meta.adapters.js';

const account = aMetaAccount('messenger');
const otherAccounts = [
  aMetaAccount('messenger', { id: 'fb-hue', externalId: '106000000000002' }),
  aMetaAccount('facebook_comment'),
];

const chat = (messaging: readonly unknown[]): Buffer =>
  encodeMetaBody({ object: 'page', entry: [{ id: META_PAGE_ID, time: 1767600000000, messaging }] });

const item = (more: object): object => ({
  sender: { id: '7400000000000101' },
  recipient: { id: META_PAGE_ID },
  timestamp: 1767600000000,
  ...more,
});

const text = (status: number, body: string) => ({ status, contentType: 'text/plain', body });
const genuine = { 'hub.mode': 'subscribe', 'hub.challenge': '730051946', 'hub.verify_token': 'bi-mat-01' };
const challenge = (changed: Record<string, string>) => metaHandshake({ ...genuine, ...changed });

describeChannelAdapter({
  adapter: messengerAdapter,
  account,
  otherAccounts,
  fixtures: new URL('./fixtures/messenger/', import.meta.url),
  encode: encodeMetaBody,
  signedRequest: metaDelivery,
  signatureHeader: 'x-hub-signature-256',
  required: ['secrets.app_secret', 'secrets.verify_token'],
  handshakes: [
    ['that is genuine', challenge({}), text(200, '730051946')],
    ['with another token', challenge({ 'hub.verify_token': 'bi-mat-02' }), text(403, 'forbidden')],
    ['with a token cut short', challenge({ 'hub.verify_token': 'bi-mat-0' }), text(403, 'forbidden')],
    ['with an empty token', challenge({ 'hub.verify_token': '' }), text(403, 'forbidden')],
    ['of another mode', challenge({ 'hub.mode': 'unsubscribe' }), text(403, 'forbidden')],
    ['with markup for a challenge', challenge({ 'hub.challenge': '<script>1</script>' }), text(403, 'forbidden')],
    ['with too long a challenge', challenge({ 'hub.challenge': '1'.repeat(129) }), text(403, 'forbidden')],
    ['with nothing', metaHandshake({}), text(403, 'forbidden')],
  ],
  messages: {
    many: true,
    nul: 'replace',
    body: chat,
    element: (words, index) => item({ message: { mid: `m_suite-${index}`, text: words } }),
    longId: (digits) =>
      Buffer.from(
        chat([item({ message: { mid: 'm_suite-long', text: 'alo' } })])
          .toString()
          .replace('"7400000000000101"', digits),
      ),
  },
  statuses: [
    ['delivery', chat([item({ delivery: { watermark: 1767600000000 } })]), 'delivered'],
    ['read', chat([item({ read: { watermark: 1767600000000 } })]), 'read'],
    ['that is not documented', chat([item({ seen: { watermark: 1767600000000 } })]), 'none'],
  ],
  countElements: countMetaElements,
});
