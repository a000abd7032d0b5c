import { normaliseMailAddress } from './mail-address.js';

describe('the canonical form of an address', () => {
  it.each([
    ['capitals', 'HA.Le@Khach.EXAMPLE', 'ha.le@khach.example'],
    ['blanks around', '  ha@khach.example ', 'ha@khach.example'],
    ['a dot at the end of the domain', 'ha@khach.example.', 'ha@khach.example'],
    ['a domain with marks', 'ha@Công-Ty.example', 'ha@xn--cng-ty-ixa.example'],
    ['a decomposed domain', 'ha@công-ty.example'.normalize('NFD'), 'ha@xn--cng-ty-ixa.example'],
    ['a decomposed local part', 'hà@khach.example'.normalize('NFD'), 'hà@khach.example'],
    ['a plus tag', 'ha+mua@gmail.com', 'ha+mua@gmail.com'],
    ['an address literal', 'ha@[192.0.2.1]', 'ha@[192.0.2.1]'],
    ['a domain of digits that is no IPv4 address', 'ha@1.2.3', 'ha@1.2.3'],
  ])('%s', (_label, text, expected) => {
    expect(normaliseMailAddress(text)).toBe(expected);
  });

  it.each([
    ['nothing', ''],
    ['no at sign', 'ha.khach.example'],
    ['two at signs', 'ha@b@khach.example'],
    ['an empty local part', '@khach.example'],
    ['an empty domain', 'ha@'],
    ['a blank within', 'ha le@khach.example'],
    ['angle brackets', '<ha@khach.example>'],
    ['NUL', 'ha\u0000@khach.example'],
    ['a line break', 'ha@khach.example\r\nBcc'],
    ['a lone surrogate', 'ha\ud800@khach.example'],
    ['two dots in the domain', 'ha@khach..example'],
    ['an endless domain', `ha@${'a'.repeat(400)}.example`],
  ])('there is none for %s', (_label, text) => {
    expect(normaliseMailAddress(text)).toBeUndefined();
  });
});
