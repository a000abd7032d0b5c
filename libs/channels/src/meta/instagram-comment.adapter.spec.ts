import { aMetaAccount, countMetaElements, describeChannelAdapter, encodeMetaBody, metaDelivery } from '@app/testkit';
import { instagramCommentAdapter } from './meta.adapters.js';

const ID = '17841400000000077';
const account = aMetaAccount('instagram_comment', { externalId: ID });

const comments = (changes: readonly unknown[]): Buffer =>
  encodeMetaBody({ object: 'instagram', entry: [{ id: ID, time: 1767600000, changes }] });

const comment = (text: string, index = 0): object => ({
  field: 'comments',
  value: {
    id: `1781110000000009${index}`,
    from: { id: '9900000000000077', username: 'lan.do' },
    text,
    media: { id: '17900000000000079' },
  },
});

describeChannelAdapter({
  adapter: instagramCommentAdapter,
  account,
  otherAccounts: [aMetaAccount('instagram', { externalId: ID })],
  fixtures: new URL('./fixtures/instagram-comment/', import.meta.url),
  encode: encodeMetaBody,
  signedRequest: metaDelivery,
  signatureHeader: 'x-hub-signature-256',
  required: ['secrets.app_secret', 'secrets.verify_token'],
  messages: {
    many: true,
    nul: 'replace',
    body: comments,
    element: comment,
    longId: (digits) =>
      Buffer.from(
        comments([comment('alo')])
          .toString()
          .replace('"9900000000000077"', digits),
      ),
  },
  countElements: countMetaElements,
});
