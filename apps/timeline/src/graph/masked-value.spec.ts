import { maskedValue } from './masked-value.js';

describe('a value in a sentence', () => {
  it.each([
    ['phone', '+84912345678', '+84 912…678'],
    ['phone', '+12025550123', '+12 025…123'],
    ['phone', '+84123', '…'],
    ['email', 'nguyenha@example.com', 'ng…@example.com'],
    ['email', 'ha@example.com', 'h…@example.com'],
    ['email_unverified', 'a@example.com', '…@example.com'],
    ['email', 'không có a còng', '…òng'],
    ['messenger_psid', '7412345678900001', '…001'],
    ['external', '12', '…'],
  ])('of kind %s: %s is %s', (kind, value, masked) => {
    expect(maskedValue(kind, value)).toBe(masked);
  });
});
