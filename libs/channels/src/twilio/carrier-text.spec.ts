import { decodeCarrierText } from './carrier-text.js';

const long = 'Chị ơi cho em hỏi đơn hàng số 123 hôm nay đã giao chưa ạ? Em cảm ơn chị nhiều 😊';

describe('decodeCarrierText', () => {
  it('reads base64 of Vietnamese text', () => {
    expect(decodeCarrierText(Buffer.from(long).toString('base64'))).toBe(long);
  });

  it('drops a character that the carrier cut in two at the end', () => {
    const bytes = Buffer.from(`${'ạ'.repeat(30)}b😊`);
    const cut = bytes.subarray(0, bytes.length - 2);
    expect(cut.length % 3).toBe(0);
    expect(decodeCarrierText(cut.toString('base64'))).toBe(`${'ạ'.repeat(30)}b`);
  });

  it.each([
    ['a short body', Buffer.from('Chào shop').toString('base64')],
    ['ordinary text', long],
    ['digits', '0'.repeat(64)],
    ['a long word', 'Haha'.repeat(20)],
    ['binary', Buffer.from(Array.from({ length: 60 }, (_, index) => index * 5)).toString('base64')],
    ['a length that is no multiple of four', 'QUJD'.repeat(20) + 'QQ'],
    ['control characters', Buffer.alloc(60, 1).toString('base64')],
    ['nothing', ''],
  ])('leaves %s alone', (_name, body) => {
    expect(decodeCarrierText(body)).toBeUndefined();
  });
});
