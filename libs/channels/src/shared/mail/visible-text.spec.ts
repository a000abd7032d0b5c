import fc from 'fast-check';
import { visibleText } from './visible-text.js';

const GMAIL = 'Vào Th 2, 3 thg 3, 2025 lúc 10:00 A <a@x.example> đã viết:';
const HEADER = 'From: A <a@x.example>\nSent: Monday\nTo: B\nSubject: x\n\nChào';
const shows = (text: string): string => visibleText(text).text;

describe('visibleText', () => {
  it.each([
    ['Gmail', `Ok shop\n\n${GMAIL}\n> Chào`],
    [
      'Gmail as it was',
      `Ok shop\n\nVào Th 3, 1 thg 10, 2019 vào lúc 12:53 Nguyễn Văn A <a@x.example> đã viết:\n> Chào`,
    ],
    ['Gmail on a Sunday', `Ok shop\n\nVào CN, 2 thg 3, 2025 lúc 10:00 A <a@x.example> đã viết:\n\n> Chào`],
    [
      'an introduction in three lines',
      'Ok shop\n\nVào Th 2, 3 thg 3, 2025 lúc 10:00 Công ty\nTNHH Dịch vụ A <\na@x.example> đã viết:\n\n> Chào anh',
    ],
    ['decomposed letters', `Ok shop\n\n${GMAIL}\n> Chào`.normalize('NFD')],
    ['odd blanks', `Ok shop\n\n${GMAIL.replaceAll(' ', '\u00a0')}\n> Chào`],
    ['line ends of mail', `Ok shop\r\n\r\n${GMAIL}\r\n> Chào`],
    [
      'Yahoo, which marks no quoted line',
      'Ok shop\n\nĐược gửi từ Yahoo Mail cho iPhone\n\nVào Thứ Sáu, tháng 3 7, 2025, 05:32, A B <a@x.example> đã viết:\n\nChào anh\ngiá 200k',
    ],
    [
      'Outlook in Vietnamese',
      'Ok shop\n\n____________________\nTừ: A <a@x.example>\nĐã gửi: Thứ Hai, 3 tháng 3, 2025 10:00\nĐến: B\nChủ đề: Báo giá\n\nChào',
    ],
    ['Outlook in English', `Ok shop\n\n${HEADER}`],
    ['a rule and a header', `Ok shop\n\n------------------------------\n${HEADER}`],
    ['Thunderbird', 'Ok shop\n\nNgày 03/03/2025 10:00, Nguyễn Văn A viết:\n> Chào'],
    ['Thunderbird, original below', 'Ok shop\n\n-------- Thư Gốc --------\nChủ đề: x\nChào'],
    ['Roundcube', 'Ok shop\n\nNguyễn Văn A đã viết vào lúc 2025-03-03 10:00:\n> Chào'],
    [
      'Apple, which quotes its introduction',
      'Ok shop\n\n> Vào 10:00, 3 thg 3, 2025, A <a@x.example> đã viết:\n> \n> Chào',
    ],
    ['English', 'Ok shop\n\nOn Mon, Mar 3, 2025 at 10:00\u202fAM A <a@x.example> wrote:\n> Hi'],
    ['a quote without an introduction', 'Ok shop\n\n> Chào\n> giá 200k'],
    ['a telephone', 'Ok shop\n\nĐã gửi từ iPhone của tôi'],
    ['another telephone', 'Ok shop\nTải Outlook cho Android'],
    ['a signature', 'Ok shop\n-- \nNguyễn Văn A\nGiám đốc'],
  ])('leaves out what is not the author’s in a mail of %s', (_client, text) => {
    expect(visibleText(text)).toEqual({ text: 'Ok shop', forwarded: false });
  });

  it.each([
    ['answers between the questions', '> giá bao nhiêu?\n200k ạ\n> còn hàng không?\nCòn ạ'],
    ['a list', 'Em cần:\n-Áo size M\n-Quần size L\nCảm ơn'],
    ['a form', 'Địa chỉ nhận hàng\nTừ: Hà Nội\nĐến: Sài Gòn\nphí bao nhiêu ạ?'],
    ['a sentence like an introduction', 'Vào ngày 3/3 em đã viết: đơn hàng 123\nShop kiểm tra giúp'],
    ['an introduction without a time', 'On the other hand, I wrote:\nyes to all'],
    ['a sentence like a telephone’s', 'Hàng này được gửi từ Hà Nội phải không?'],
    ['a sentence that ends like one', 'Đơn hàng đâu?\nGửi từ thứ hai mà chưa tới'],
    ['an English sentence like one', 'Em gửi file đây\nSent from my desk, is much easier than my phone.'],
    ['a closing with a number', 'Shop báo giá giúp em\n\nTrân trọng,\nNguyễn Văn A\nĐT: 0912 345 678'],
    ['nothing but a quote', '> Chào\n> giá 200k'],
    ['nothing but a telephone', 'Được gửi từ iPhone của tôi'],
    ['nothing but a signature', '-- \nNguyễn Văn A'],
    ['underscores without a header', 'Tên\n____________________\nKý tên'],
  ])('keeps %s', (_what, text) => {
    expect(visibleText(text)).toEqual({ text, forwarded: false });
  });

  it('shows what stands below the quote', () => {
    expect(shows(`${GMAIL}\n> Chào\n\nEm đồng ý ạ`)).toBe('Em đồng ý ạ');
    expect(shows(`Chào shop\n\n${GMAIL}\n> Giá 200k\nOk\n> Giao thứ sáu\nĐược ạ\n-- \nA`)).toBe(
      'Chào shop\n\nOk\nĐược ạ',
    );
  });

  it('tells a forwarded mail, with or without a note', () => {
    const forward = '---------- Forwarded message ---------\nTừ: A\nDate: Th 2\nSubject: Đơn\nTo: b\n\nNội dung';
    expect(visibleText(forward)).toEqual({ text: forward, forwarded: true });
    expect(visibleText(`Nhờ shop xem giúp\n\n${forward}`)).toEqual({ text: 'Nhờ shop xem giúp', forwarded: true });
    expect(visibleText('Xem giúp\n\nBắt đầu thư được chuyển tiếp:\n\n> Từ: A\n> Nội dung')).toEqual({
      text: 'Xem giúp',
      forwarded: true,
    });
  });

  it('keeps what stands beyond the lines that it looks at', () => {
    const long = `${'dòng\n'.repeat(5_200)}cuối`;
    expect(shows(long)).toBe(long);
  });

  it('never shows nothing of a text that says something', () => {
    const line = fc.constantFrom(
      'Ok shop',
      '',
      '> Chào',
      GMAIL,
      '-- ',
      HEADER,
      '____________________',
      'Gửi từ iPhone',
      '---------- Forwarded message ---------',
      '-----',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = lines.join('\n');
        expect(shows(text).trim() === '').toBe(text.trim() === '');
      }),
      { numRuns: 2_000 },
    );
  });

  /** CPU time of the longer text over that of the shorter one: about four when linear, sixteen when quadratic. */
  const growth = (make: (length: number) => string): number => {
    const cost = (text: string): number => {
      const times = Array.from({ length: 5 }, () => {
        const since = process.cpuUsage();
        visibleText(text);
        const { user, system } = process.cpuUsage(since);
        return user + system;
      });
      return Math.min(...times);
    };
    const [short, long] = [make(64 * 1024), make(256 * 1024)];
    cost(short);
    return cost(long) / Math.max(cost(short), 1_000);
  };

  it.each([
    ['blanks', ' '],
    ['quote signs', '>'],
    ['quoted lines', '> \n'],
    ['lines of blanks', '   \n'],
    ['underscores', '_'],
    ['lines of underscores', `${'_'.repeat(20)}\n`],
    ['From lines', 'From: a\n'],
    ['beginnings of introductions', 'On 1 '],
    ['lines that begin introductions', 'Vào 1\n'],
    ['verbs', 'viết 1 '],
    ['lines with verbs', 'a viết lúc 1\n'],
    ['signature marks', '-- \n'],
    ['digits', '1'],
  ])('takes linear time for 256 KB of %s', (_what, piece) => {
    expect(growth((length) => piece.repeat(Math.ceil(length / piece.length)))).toBeLessThan(10);
  });
});
