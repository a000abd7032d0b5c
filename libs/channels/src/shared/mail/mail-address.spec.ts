import { AddressSet } from './mail-address.js';

describe('our own addresses', () => {
  const own = new AddressSet(['HoTro@shop.example.vn', 'sales@shop.example.vn', 'không phải địa chỉ']);
  it.each([
    ['the mailbox', 'hotro@shop.example.vn', true],
    ['an alias', 'sales@shop.example.vn', true],
    ['the mailbox with a tag', 'hotro+a.b@shop.example.vn', true],
    ['a colleague', 'ketoan@shop.example.vn', false],
    ['another domain', 'hotro@shop.example', false],
    ['a plus at the start', '+hotro@shop.example.vn', false],
  ])('%s', (_label, address, expected) => {
    expect(own.has(address)).toBe(expected);
  });
});
