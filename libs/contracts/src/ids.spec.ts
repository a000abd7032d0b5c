import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { base32, conversationId, entryId, inboundEventId, uuidV7 } from './ids.js';

describe('base32', () => {
  // RFC 4648, section 10, in lower case and without padding.
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('encodes %j', (text, encoded) => {
    expect(base32(Buffer.from(text))).toBe(encoded);
  });
});

describe('the id of an inbound event', () => {
  const key = { accountId: 'fb-shop', eventKind: 'message', messageId: 'm_1' };

  it('is the same for a retry', () => {
    expect(inboundEventId({ ...key })).toBe(inboundEventId({ ...key }));
    expect(inboundEventId(key)).toMatch(/^in_[a-z2-7]{32}$/);
  });

  it('is the first 20 bytes of SHA-256 over its parts', () => {
    const hash = createHash('sha256').update('["fb-shop","message","m_1",""]').digest();
    expect(inboundEventId(key)).toBe(`in_${base32(hash.subarray(0, 20))}`);
  });

  it('differs when any part differs, wherever its characters stand', () => {
    const part = fc.string({ unit: 'binary', maxLength: 6 });
    const keys = fc.record({ accountId: part, eventKind: part, messageId: part, revision: part });
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(inboundEventId(a)).not.toBe(inboundEventId(b));
      }),
    );
    expect(inboundEventId({ ...key, eventKind: 'a|b', messageId: 'c' })).not.toBe(
      inboundEventId({ ...key, eventKind: 'a', messageId: 'b|c' }),
    );
  });
});

describe('ids of entries and conversations', () => {
  it('are UUIDs of version 8 and depend on nothing but their parts', () => {
    expect(entryId('fb-shop', 'message', 'm_1')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(entryId('fb-shop', 'message', 'm_1')).toBe(entryId('fb-shop', 'message', 'm_1'));
    expect(entryId('fb-shop', 'comment', 'm_1')).not.toBe(entryId('fb-shop', 'message', 'm_1'));
    expect(conversationId('a', 'k', 't')).not.toBe(entryId('a', 'k', 't'));
  });
});

describe('uuidV7', () => {
  it('starts with the time and is new each time', () => {
    const now = new Date('2026-11-20T05:00:00.000Z');
    const [a, b] = [uuidV7(now), uuidV7(now)];
    expect(Number.parseInt(a.replaceAll('-', '').slice(0, 12), 16)).toBe(now.getTime());
    expect(a[14]).toBe('7');
    expect(a).not.toBe(b);
  });
});
