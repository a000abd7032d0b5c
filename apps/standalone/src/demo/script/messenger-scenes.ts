import { answer, edit, react, remove, say, seen, send, type Scene } from './step.js';

/** What happens in Messenger. */
export const MESSENGER_SCENES: readonly Scene[] = [
  {
    who: 'bride',
    on: 'fb-shop',
    steps: [
      say('07:42', 'Chào shop, em muốn đặt áo dài cưới ạ', { as: 'hello' }),
      say('07:43', 'Cuối tháng sau em cưới rồi, may có kịp không shop? 😊'),
      answer('07:51', 'Dạ kịp chị nhé, bên em may trong 12 ngày ạ', { as: 'yes' }),
      // The read receipt overtakes the message that was read.
      seen('07:52', { sentAt: '07:50' }),
      say('07:54', 'Hay quá 🎉 cho em xem mẫu cổ thuyền với'),
      answer('07:58', 'Dạ mẫu cổ thuyền đính ngọc trai, 3.200.000₫ cả khăn vấn ạ', { as: 'offer' }),
      react('07:59', 'offer'),
      // The edit overtakes its message.
      say('08:03', 'Vòng ngực em 84, eo 64', { as: 'size', sentAt: '08:09' }),
      edit('08:05', 'size', 'Vòng ngực em 86, eo 64, mông 90'),
      answer('08:12', 'Dạ em ghi rồi ạ: 86 – 64 – 90'),
      send('08:20', 'image', 'Em thích màu như hình này ạ'),
      answer('08:24', 'Màu đỏ mận này bên em có lụa Vạn Phúc chị ơi'),
      say('08:26', 'Ủa mà đắt quá', { as: 'rude' }),
      remove('08:27', 'rude'),
      say('08:28', 'Dạ em chốt mẫu này nha'),
      send('08:31', 'location', 'Nhà em'),
      say('08:32', 'Shop giao tới đây giúp em'),
      answer('08:40', 'Dạ chị chuyển khoản cọc 1.000.000₫ giúp em, nội dung: tên chị và số điện thoại ạ'),
      send('09:02', 'image', 'Em chuyển rồi ạ'),
      answer('09:05', 'Em nhận được rồi, cảm ơn chị nhiều ạ ❤️', { as: 'thanks' }),
      react('09:06', 'thanks'),
      seen('09:07'),
    ],
  },
  {
    who: 'student',
    on: 'fb-shop',
    steps: [
      say('09:15', 'shop ơi có bán áo dài học sinh không'),
      answer('09:21', 'Dạ có em, áo dài trắng 350.000₫, quần 120.000₫'),
      say('09:23', 'em cao 1m58 nặng 45kg mặc size gì ạ'),
      answer('09:26', 'Size S nha em, nhưng đo vai cho chắc'),
      // A content that the API cannot carry.
      send('09:27', 'unsupported'),
      say('09:28', 'em gửi clip đo vai đó ạ'),
      answer('09:33', 'Chị không mở được clip, em chụp hình giúp chị nha'),
      send('09:36', 'image'),
      say('09:37', 'đây ạ 🙏🏻'),
      answer('09:41', 'Vai 36 nha, size S vừa đẹp'),
      // The phone of the sender has a wrong date.
      say('09:44', 'dạ vậy lấy em 2 bộ', { oddity: 'future' }),
      // The provider hears no answer and repeats in a hurry.
      say('09:46', 'ship về Cần Thơ bao lâu ạ', { oddity: 'storm' }),
      answer('09:49', '2 tới 3 ngày em nhé'),
      say('09:50', 'ok shop 👍'),
      seen('09:51'),
      say('16:30', 'shop gửi hàng chưa ạ'),
      answer('16:44', 'Chiều nay bên chị gửi rồi, mã vận đơn GHN-30211'),
      say('16:45', 'em cảm ơn ạ', { as: 'bye' }),
      edit('16:46', 'bye', 'em cảm ơn chị ạ 🥰'),
    ],
  },
  {
    who: 'mother',
    on: 'fb-shop',
    steps: [
      say('10:05', 'Em bình luận bên dưới bài mà chưa thấy shop trả lời'),
      answer('10:11', 'Dạ chị thông cảm, sáng nay đông khách quá ạ'),
      say('10:12', 'Áo dài cho bé gái 4 tuổi còn màu hồng không em'),
      answer('10:15', 'Còn chị ơi, 280.000₫ tặng kèm mấn'),
      say('10:17', 'Bé 16kg mặc size mấy'),
      answer('10:18', 'Size 5 nha chị'),
      say('10:21', 'Vải có ngứa không em, bé nhà chị da nhạy cảm'),
      answer('10:25', 'Lót cotton nên mềm lắm chị, không ngứa đâu ạ'),
      say('10:27', 'Ừ vậy lấy chị 1 hồng 1 vàng'),
      answer('10:29', 'Dạ tổng 560.000₫, miễn phí giao nội thành ạ'),
      say('10:30', 'Chị trả tiền khi nhận hàng nhé'),
      answer('10:31', 'Dạ được ạ', { as: 'ok' }),
      react('10:32', 'ok'),
      seen('10:33'),
    ],
  },
  {
    who: 'reseller',
    on: 'fb-shop',
    steps: [
      say('13:05', 'Bên mình có giá sỉ không shop?'),
      answer('13:12', 'Dạ từ 20 bộ giảm 25 % ạ, anh chị nhắn Zalo giúp em để gửi bảng giá'),
      say('13:14', 'Ok mình qua Zalo'),
      say('13:20', 'Chuyển khoản gấp vào tài khoản này để giữ giá nhé', { oddity: 'forged' }),
    ],
  },
];
