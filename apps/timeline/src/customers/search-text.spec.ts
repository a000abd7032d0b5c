import { identityKey } from '@app/identity';
import { toCustomerSearch } from './search-text.js';

const KEY = Buffer.alloc(32, 7);
const search = (text: string) => toCustomerSearch(text, KEY);
const phoneKey = identityKey(KEY, 'phone', '', '+84912345678');

describe('a text in the search field', () => {
  it.each([
    ['a name', 'Trần  Thị Bưởi', ['tran', 'thi', 'buoi']],
    ['a decomposed name', 'Đỗ Đức'.normalize('NFD'), ['do', 'duc']],
    ['signs of a pattern', '100%_', ['100%_']],
    ['blanks only', '   ', []],
    ['NUL', 'bư\u0000ởi', ['buoi']],
  ])('is read as words: %s', (_label, text, words) => {
    expect(search(text)).toEqual({ words, folded: words.join(' '), keys: [] });
  });

  it.each([
    ['0912345678', '912345678'],
    ['0912 345 678', '912345678'],
    ['(0912) 345-678', '912345678'],
    ['+84 912.345.678', '84912345678'],
  ])('is read as a phone number: %s', (text, digits) => {
    expect(search(text)).toMatchObject({ words: [digits], keys: [phoneKey] });
  });

  it('finds a part of a number by its digits, without naming an identity', () => {
    expect(search('912 345')).toMatchObject({ words: ['912345'], keys: [] });
    expect(search('00')).toMatchObject({ words: ['00'], keys: [] });
  });

  it('names an address twice: as proven and as unproven', () => {
    const keys = (['email', 'email_unverified'] as const).map((kind) =>
      identityKey(KEY, kind, '', 'hà@xn--v-d-rma6749a.example'),
    );
    expect(search(' Hà@Ví-Dụ.example ').keys).toEqual(keys);
  });

  it('names a reference only when its check digit is right', () => {
    expect(search('kh-794623')).toMatchObject({ ref: 'KH-794623' });
    expect(search('kh-794624')).not.toHaveProperty('ref');
  });
});
