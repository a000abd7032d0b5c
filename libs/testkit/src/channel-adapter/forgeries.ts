import type { WebhookRequest } from '@app/channels';
import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapterSuite, ProofPlace } from './suite-options.js';

const inHeader = (name: string): ProofPlace => ({
  read: ({ headers }) => headers[name] ?? '',
  write: (request, value) => ({ ...request, headers: { ...request.headers, [name]: value } }),
});

/** The last character made another of the same kind, so that the form stays right. */
const lastCharacterChanged = (value: string): string => value.slice(0, -1) + (value.endsWith('1') ? '2' : '1');

const firstBitFlipped = (body: Buffer): Buffer => {
  const changed = Buffer.from(body);
  changed[0] = changed[0]! ^ 1;
  return changed;
};

/** Each secret made another of the same length. */
const strangerOf = (account: ChannelAccount): ChannelAccount => ({
  ...account,
  secrets: Object.fromEntries(
    Object.entries(account.secrets).map(([name, value]) => [name, lastCharacterChanged(value)]),
  ),
});

/** Requests that prove nothing, each with a label. */
export function forgeriesOf(suite: ChannelAdapterSuite, body: Buffer): readonly (readonly [string, WebhookRequest])[] {
  const { signatureHeader, account } = suite;
  const place = typeof signatureHeader === 'string' ? inHeader(signatureHeader) : signatureHeader;
  const genuine = suite.signedRequest(body, account);
  const signature = place.read(genuine);
  const changed = (label: string, value: string | undefined) => [label, place.write(genuine, value)] as const;
  return [
    changed('without a signature', undefined),
    changed('with an empty signature', ''),
    changed('with a wrong signature', lastCharacterChanged(signature)),
    changed('with a signature that is too short', signature.slice(0, -1)),
    changed('with a signature that is too long', `${signature}0`),
    changed('with the signature twice', `${signature}, ${signature}`),
    changed('with rubbish for a signature', 'ạ='.repeat(40)),
    changed('with blanks for a signature', ' '.repeat(signature.length)),
    ['signed by a stranger', suite.signedRequest(body, strangerOf(account))],
    ...(suite.signsBody === false
      ? []
      : ([
          ['with one bit of the body changed', { ...genuine, body: firstBitFlipped(body) }],
          ['with a byte appended to the body', { ...genuine, body: Buffer.concat([body, Buffer.from('\n')]) }],
          ['with the body cut off', { ...genuine, body: body.subarray(0, -1) }],
        ] as const)),
  ];
}
