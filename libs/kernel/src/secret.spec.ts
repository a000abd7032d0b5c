import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { deriveKey, hmacSha256, senderKey } from './secret.js';

const SECRET = 'a secret of an installation, long enough';

describe('derived keys', () => {
  it('differ for each use and each installation', () => {
    const keys = [
      deriveKey(SECRET, 'sender-key'),
      deriveKey(SECRET, 'identity-key'),
      deriveKey(`${SECRET}!`, 'sender-key'),
    ];
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(3);
  });
});

describe('hmacSha256', () => {
  it('is what Node computes, for any key of up to a block and any text', () => {
    const keys = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => Buffer.from(bytes));
    const texts = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(keys, texts, texts, (key, first, second) => {
        for (const text of [first, second, first]) {
          expect(hmacSha256(key, text)).toEqual(createHmac('sha256', key).update(text).digest());
        }
      }),
    );
  });

  it('refuses a key that would have to be hashed first', () => {
    expect(() => hmacSha256(Buffer.alloc(65), 'text')).toThrow(RangeError);
  });
});

describe('senderKey', () => {
  const key = deriveKey(SECRET, 'sender-key');

  it('is the same for one person on one account and says nothing of them', () => {
    expect(senderKey(key, 'fb-shop', '7412345678900001')).toBe(senderKey(key, 'fb-shop', '7412345678900001'));
    expect(senderKey(key, 'fb-shop', '7412345678900001')).toMatch(/^[a-z2-7]{26}$/);
  });

  it('differs between accounts, people and installations', () => {
    const other = deriveKey(`${SECRET}!`, 'sender-key');
    const keys = [
      senderKey(key, 'a', '1'),
      senderKey(key, 'b', '1'),
      senderKey(key, 'a', '2'),
      senderKey(other, 'a', '1'),
    ];
    expect(new Set(keys).size).toBe(4);
  });
});
