import { CredentialUnreadableError, deriveKey } from '@app/kernel';
import { seal, unseal } from './seal.js';

const key = deriveKey('mot-bi-mat-dai-hon-ba-muoi-hai-ky-tu', 'credentials');
const place = { accountId: 'hotro', name: 'oauth', version: 3 };

describe('a sealed credential', () => {
  it('opens to the same text, and never looks alike', () => {
    const sealed = seal(key, place, 'mã làm mới');
    expect(unseal(key, place, sealed)).toBe('mã làm mới');
    expect(sealed.includes('mã')).toBe(false);
    expect(seal(key, place, 'mã làm mới').equals(sealed)).toBe(false);
  });

  it.each([0, 11, 12, 27, 28, 33])('does not open when byte %i was altered', (at) => {
    const sealed = seal(key, place, 'mã làm mới');
    sealed[at]! ^= 1;
    expect(() => unseal(key, place, sealed)).toThrow(CredentialUnreadableError);
  });

  it.each<[string, Buffer, typeof place]>([
    ['under another secret', deriveKey('mot-bi-mat-khac-dai-hon-32-ky-tu-nua', 'credentials'), place],
    ['in the row of another account', key, { ...place, accountId: 'banhang' }],
    ['under another name', key, { ...place, name: 'smtp' }],
    ['as another version', key, { ...place, version: 4 }],
  ])('does not open %s', (_label, otherKey, otherPlace) => {
    expect(() => unseal(otherKey, otherPlace, seal(key, place, 'mã'))).toThrow(CredentialUnreadableError);
  });

  it.each([0, 5, 27])('does not open when only %i bytes are left', (length) => {
    expect(() => unseal(key, place, seal(key, place, 'mã').subarray(0, length))).toThrow(CredentialUnreadableError);
  });
});
