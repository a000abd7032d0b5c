import {
  aMetaAccount,
  countMetaElements,
  describeChannelAdapter,
  encodeMetaBody,
  META_PAGE_ID,
  metaDelivery,
  metaHandshake,
} from '@app/testkit';
import { facebookCommentAdapter } from './meta.adapters.js';

const genuine = { 'hub.mode': 'subscribe', 'hub.challenge': 'A_b-9', 'hub.verify_token': 'bi-mat-01' };

const feed = (changes: readonly unknown[]): Buffer =>
  encodeMetaBody({ object: 'page', entry: [{ id: META_PAGE_ID, time: 1767600000, changes }] });

const comment = (message: string, index: number) => ({
  field: 'feed',
  value: {
    item: 'comment',
    verb: 'add',
    from: { id: '7400000000000101', name: 'Nguyễn Thu Hà' },
    post_id: `${META_PAGE_ID}_501`,
    parent_id: `${META_PAGE_ID}_501`,
    comment_id: `501_${index}`,
    created_time: 1767600000,
    message,
  },
});

describeChannelAdapter({
  adapter: facebookCommentAdapter,
  account: aMetaAccount('facebook_comment'),
  fixtures: new URL('./fixtures/facebook-comment/', import.meta.url),
  encode: encodeMetaBody,
  signedRequest: metaDelivery,
  signatureHeader: 'x-hub-signature-256',
  required: ['secrets.app_secret', 'secrets.verify_token'],
  handshakes: [
    ['that is genuine', metaHandshake(genuine), { status: 200, contentType: 'text/plain', body: 'A_b-9' }],
    [
      'with another token',
      metaHandshake({ ...genuine, 'hub.verify_token': 'BI-MAT-01' }),
      { status: 403, contentType: 'text/plain', body: 'forbidden' },
    ],
  ],
  messages: {
    many: true,
    nul: 'replace',
    body: feed,
    element: comment,
    longId: (digits) =>
      Buffer.from(
        feed([comment('alo', 0)])
          .toString()
          .replace('"7400000000000101"', digits),
      ),
  },
  countElements: countMetaElements,
});
