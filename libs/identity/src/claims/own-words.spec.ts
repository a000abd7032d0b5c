import fc from 'fast-check';
import { ownWords } from './own-words.js';

const message = (text: string): string => ownWords(text).message.trim();

describe('what the author of a mail wrote', () => {
  it.each([
    ['Gmail', 'Ok shop\n\nVào Th 2, 3 thg 3, 2026 lúc 10:00 A <a@khach.example> đã viết:\n> Chào', 'Ok shop'],
    [
      'Gmail, broken',
      'Ok shop\n\nVào Th 2, 3 thg 3, 2026 lúc 10:00 Công ty\nTNHH A <\na@khach.example> đã viết:\n\nChào',
      'Ok shop',
    ],
    ['Yahoo', 'Ok shop\n\nVào Thứ Sáu, tháng 3 7, 2026, 05:32, A B <a@khach.example> đã viết:\n\nChào anh', 'Ok shop'],
    ['Thunderbird', 'Ok shop\n\nNgày 03/03/2026 10:00, Nguyễn Văn A viết:\nChào', 'Ok shop'],
    ['English', 'Ok shop\n\nOn Mon, Mar 3, 2026 at 10:00 A <a@khach.example> wrote:\nHello', 'Ok shop'],
    ['Outlook', 'Ok shop\n\n-----Original Message-----\nFrom: A\nHello', 'Ok shop'],
    [
      'Outlook in Vietnamese',
      'Ok shop\n\nTừ: A <a@khach.example>\nĐã gửi: Thứ Hai, 3 tháng 3, 2026\nĐến: B\n\nChào',
      'Ok shop',
    ],
    ['a forward', 'Nhờ shop xem\n\n---------- Forwarded message ---------\nTừ: A\nSĐT 0901234567', 'Nhờ shop xem'],
    ['a forward by iPhone', 'Xem giúp\nBắt đầu thư được chuyển tiếp:\nChào', 'Xem giúp'],
    ['lines behind signs', '> giá bao nhiêu?\n200k ạ\n > còn không?\nCòn ạ', '200k ạ\nCòn ạ'],
    [
      'a sentence that only looks alike',
      'Vào ngày 3/3 em đã viết: đơn hàng 123\nShop kiểm tra giúp',
      'Vào ngày 3/3 em đã viết: đơn hàng 123\nShop kiểm tra giúp',
    ],
    ['an address', 'Từ: Hà Nội\nĐến: Sài Gòn\nphí bao nhiêu?', 'Từ: Hà Nội\nĐến: Sài Gòn\nphí bao nhiêu?'],
    ['nothing', '', ''],
  ])('%s', (_label, text, expected) => {
    expect(message(text)).toBe(expected);
    expect(message(text.normalize('NFD').replaceAll('\n', '\r\n'))).toBe(expected);
  });

  it.each([
    ['the sign for it', 'Chào shop\n-- \nNguyễn Văn A\n0901234567'],
    ['a closing formula', 'Chào shop\n\nTrân trọng,\nNguyễn Văn A\n0901234567'],
    ['an English one', 'Chào shop\nBest regards,\nNguyễn Văn A\n0901234567'],
  ])('has a signature behind %s', (_label, text) => {
    expect(ownWords(text).signature).toBe('Nguyễn Văn A\n0901234567');
    expect(message(text)).toBe('Chào shop');
  });

  it('never throws, and every line of it stands in the mail', () => {
    const line = fc.constantFrom(
      '> a',
      'Vào',
      'đã viết:',
      '-- ',
      'Trân trọng',
      'On',
      'wrote:',
      'From: a',
      'Sent: b',
      'abc',
      '',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string({ unit: 'binary' }))), (lines) => {
        const text = lines.join('\n');
        const own = ownWords(text);
        const all = new Set(
          text
            .normalize('NFC')
            .split('\n')
            .map((each) => each.trim()),
        );
        for (const each of `${own.message}\n${own.signature}`.split('\n')) {
          expect(each === '' || each.length > 400 || all.has(each)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
