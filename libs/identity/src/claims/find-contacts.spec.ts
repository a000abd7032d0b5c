import fc from 'fast-check';
import { scanAddresses } from './find-addresses.js';
import { findContacts, MAX_CONTACTS, MAX_SCANNED_CHARS } from './find-contacts.js';
import { MAX_CANDIDATES, MAX_GROUPS, scanPhones } from './find-phones.js';

const found = (text: string): readonly string[] => findContacts(text).map(({ value }) => value);
const ONE = '+84901234567';
const TWO = '+84912345678';

describe('numbers that people write', () => {
  it.each([
    ['Số em 0901234567', [ONE]],
    ['0901 234 567', [ONE]],
    ['090 123 4567 ạ', [ONE]],
    ['090.123.4567', [ONE]],
    ['0901-234-567', [ONE]],
    ['0901.234 567', [ONE]],
    ['09 01 23 45 67', [ONE]],
    ['(090) 123 4567', [ONE]],
    ['+84 90 123 4567', [ONE]],
    ['+84901234567', [ONE]],
    ['(+84) 901 234 567', [ONE]],
    ['+84 (0) 901 234 567', [ONE]],
    ['+84 9 01 23 45 67', [ONE]],
    ['84901234567', [ONE]],
    ['0084901234567', [ONE]],
    ['０９０１２３４５６７', [ONE]],
    ['0901\u200b234\u200b567', [ONE]],
    ['090\u00a0123\u00a04567', [ONE]],
    ['*0901234567*', [ONE]],
    ['sđt:0901234567', [ONE]],
    ['sđt0901234567', [ONE]],
    ['ĐT-0901234567', [ONE]],
    ['Chào shop.0901234567', [ONE]],
    ['gọi em 0901234567nhé', [ONE]],
    ['Shop gọi 0901234567 hoặc 0912345678 giúp em', [ONE, TWO]],
    ['0901234567/0912345678', [ONE, TWO]],
    ['0901234567-0912345678', [ONE, TWO]],
    ['0901 234 567 0912 345 678', [ONE, TWO]],
    ['0901234567, 0912345678', [ONE, TWO]],
    ['Em lấy 2 áo size M, 0901234567 đ/c 12 Nguyễn Trãi', [ONE]],
    ['Giao Q10 0901 234 567', [ONE]],
    ['Đơn #4417 nhé shop, sđt 0901234567', [ONE]],
    ['Đơn 4417 sđt 0901234567', [ONE]],
    ['Đơn 4417 của Zalo 0901234567', [ONE]],
    ['Em nhận đơn rồi, 0901234567 nhé', [ONE]],
    ['Em ck rồi ạ, sđt của em 0901234567', [ONE]],
    ['Cửa hàng 024 3825 1234', ['+842438251234']],
    ['(028) 3812 3456', ['+842838123456']],
    ['Số cũ 01689123456', ['+84389123456']],
    ['0168 912 3456', ['+84389123456']],
    ['Em ở Mỹ: +1 415 555 0123', ['+14155550123']],
    ['Lần trước em để số 0901234567. Giờ số em vẫn 0901.234.567', [ONE]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
    expect(found(text.normalize('NFD'))).toEqual(expected);
  });
});

describe('digits that are no telephone number', () => {
  it.each([
    'Áo này giá 1.250.000 phải không shop?',
    'Tổng 84.901.234.567 đồng',
    'Em trả 84901234567đ',
    'Giá 0.901.234 USD',
    'Ngày 09.12.2025 10 giờ',
    'Hẹn 09-12-2025 1030',
    '09 12 2025 10 giờ em qua',
    'Size 08-12 24.36 48 còn không',
    '08:30 09/01/2026',
    '2026-01-01 08:30:15',
    'Mã đơn 0901234567',
    'Mã đơn hàng của em là 0901234567',
    'Đơn hàng #0901234567',
    'Vận đơn: 0901234567',
    'SPXVN0901234567',
    'DH0901234567',
    'DH-0901234567',
    '0901234567VN',
    'IMG_0901234567.jpg',
    'J&T 841234567890',
    'STK 0901234567 MB Bank',
    'Số tài khoản: 0901234567',
    'Vietcombank 0901234567 Nguyễn Văn A',
    '0901234567 MB Bank Trần Thị Bưởi',
    'STK 0071001234567',
    '1903 5678 9012 345',
    'Thẻ 9704 0366 0901 2345 678',
    'CCCD 079090123456',
    'MST 0301234567',
    '0901 234 567 890',
    '19034.0901234567',
    '123456789',
    '912345678',
    '0123456789',
    '0000000000',
    'Tổng đài 19001234, 1800 1234, 8085',
    'https://shop.example/p/0901234567',
    'www.shop.example?sdt=0901234567',
    'zalo.example/0901234567',
    '0901234567@khach.example'.slice(0, 11),
    'Cao 1m68 nặng 52kg, size 38 39 40',
    '9'.repeat(400),
  ])('%s', (text) => {
    expect(findContacts(text).filter(({ kind }) => kind === 'phone')).toEqual([]);
    expect(findContacts(text.normalize('NFD')).filter(({ kind }) => kind === 'phone')).toEqual([]);
  });
});

describe('addresses that people write', () => {
  it.each([
    ['Mail em là Ha.Le@Khach.EXAMPLE nhé', ['ha.le@khach.example']],
    ['mailto:ha@khach.example.', ['ha@khach.example']],
    ['(ha@khach.example)', ['ha@khach.example']],
    ['<ha+mua@khach.example>', ['ha+mua@khach.example']],
    ['ha@khach.example,bao@khach.example', ['ha@khach.example', 'bao@khach.example']],
    ['0901234567@khach.example', ['0901234567@khach.example']],
    ['ha＠khach.example', ['ha@khach.example']],
    ['sđt 0901234567, mail ha@khach.example', [ONE, 'ha@khach.example']],
  ])('%s', (text, expected) => expect(found(text)).toEqual(expected));

  it.each([
    ['no domain', 'ha@khach'],
    ['two at signs', 'ha@bao@khach.example'],
    ['a Cyrillic letter within', 'hаle@khach.example'],
    ['a Cyrillic letter in front', 'аle@khach.example'],
    ['a letter of a domain that is cut short', 'ha@khach.exampleệ'],
    ['a name of another network', '@ha.le'],
    ['a part of an address of a page', 'https://ha@khach.example/x'],
    ['a mark in front', 'h\u0323\u0301a'.concat('@')],
    ['a number for a domain', 'ha@192.0.2.1'],
  ])('are not found in %s', (_label, text) => expect(found(text)).toEqual([]));
});

describe('text of any kind', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '0901234567',
      '+84',
      '84',
      '0',
      '.',
      '-',
      ' ',
      '(',
      ')',
      '+',
      '@',
      'ha',
      'khach.example',
      'STK',
      'đ',
      '\n',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

  it('gives the same contacts each time, in canonical form, each once and never too many', () => {
    fc.assert(
      fc.property(text, (given) => {
        const contacts = findContacts(given);
        expect(findContacts(given)).toEqual(contacts);
        expect(contacts.length).toBeLessThanOrEqual(MAX_CONTACTS);
        expect(new Set(contacts.map(({ value }) => value)).size).toBe(contacts.length);
        for (const { kind, value } of contacts) {
          expect(value).toMatch(kind === 'phone' ? /^\+[1-9]\d{6,14}$/ : /^[^@\s]{1,64}@[^@\s]+\.[a-z]{2,24}$/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('misses no digit and no at sign in whatever script Unicode makes one of', () => {
    const forms = new Map<string, string[]>();
    for (let code = 0x80; code <= 0x1_ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const written = String.fromCodePoint(code);
      const plain = written.normalize('NFKC');
      if (/^[0-9@]$/.test(plain)) forms.set(plain, [...(forms.get(plain) ?? []), written]);
    }
    const families = forms
      .get('0')!
      .map((_zero, family) => '0901234567'.replace(/\d/g, (digit) => forms.get(digit)![family]!));
    expect(families.length).toBeGreaterThan(8);
    expect(families.map(found)).toEqual(families.map(() => [ONE]));
    expect(forms.get('@')!.map((sign) => found(`ha${sign}khach.example`))).toEqual([
      ['ha@khach.example'],
      ['ha@khach.example'],
    ]);
  });

  it('gives at most ten contacts, and reads no further than its cap', () => {
    const list = Array.from({ length: 30 }, (_none, index) => `09012345${String(index).padStart(2, '0')}`);
    expect(found(list.join(', '))).toHaveLength(MAX_CONTACTS);
    const mixed = list.slice(0, 8).map((number) => `${number}, em${number}@khach.example`);
    expect(found(mixed.join(', '))).toHaveLength(MAX_CONTACTS);
    expect(found(`${'a '.repeat(MAX_SCANNED_CHARS / 2)}0901234567`)).toEqual([]);
  });
});

describe('hostile text', () => {
  const HOSTILE: readonly (readonly [string, string])[] = [
    ['digits', '9'],
    ['zeros', '0'],
    ['at signs', '@'],
    ['blanks', ' '],
    ['plus signs', '+1 '],
    ['digits apart', '0 '],
    ['digits between dots', '0.9.'],
    ['numbers of an account', 'STK 0901234567 '],
    ['numbers that the plan does not know', '+99 12345678 '],
    ['nearly addresses', 'a@a.'],
    ['long names', `${'a'.repeat(60)}@`],
    ['brackets', '0(('],
  ];

  it.each(HOSTILE)('takes a bounded number of steps for each character: %s', (_label, unit) => {
    for (const length of [16_384, 262_144]) {
      const long = unit.repeat(Math.ceil(length / unit.length));
      const phones = scanPhones(long);
      expect(phones.steps).toBeLessThanOrEqual(MAX_GROUPS * long.length);
      expect(phones.candidates).toBeLessThanOrEqual(MAX_CANDIDATES + 1);
      expect(scanAddresses(long).steps).toBeLessThanOrEqual(3 * long.length);
    }
  });

  it.each(HOSTILE)('is read to its end: 256 KB of %s', (_label, unit) => {
    expect(findContacts(unit.repeat(Math.ceil(262_144 / unit.length))).length).toBeLessThanOrEqual(MAX_CONTACTS);
  });
});
