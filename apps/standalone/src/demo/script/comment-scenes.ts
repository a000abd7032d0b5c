import { answer, edit, remove, say, send, type Scene } from './step.js';

/** What happens under the post of the day on the Facebook page. */
export const COMMENT_SCENES: readonly Scene[] = [
  {
    who: 'priceHunter',
    on: 'shop-comments',
    steps: [
      say('08:15', 'Giá bao nhiêu vậy shop? 😍', { as: 'price' }),
      answer('08:19', 'Dạ 890.000₫ anh ơi, anh nhắn tin để em tư vấn size nhé', { of: 'price' }),
      say('08:22', 'Bên kia bán có 750 thôi', { as: 'cheap' }),
      edit('08:24', 'cheap', 'Bên kia bán 750 mà vải mỏng hơn'),
      answer('08:30', 'Dạ bên em lụa tơ tằm nên giá nhỉnh hơn xíu ạ', { of: 'cheap' }),
      say('08:33', 'Bớt tí đi shop', { as: 'less' }),
      // Changed first, taken back in the end; the removal overtakes the change.
      edit('08:35', 'less', 'Bớt 50k chốt liền', { sentAt: '08:41' }),
      remove('08:40', 'less'),
      say('11:05', 'Thôi chốt 1 bộ size L nha'),
      answer('11:09', 'Dạ em cảm ơn anh ạ'),
      say('21:05', 'Hàng đẹp, sẽ ủng hộ tiếp 👍'),
    ],
  },
  {
    who: 'mother',
    on: 'shop-comments',
    steps: [
      say('09:48', 'Có size cho bé 4 tuổi không em?', { as: 'kid' }),
      send('09:49', 'image', 'Bé nhà chị đây'),
      say('09:58', 'Alo shop ơi 🙋'),
      answer('10:08', 'Dạ có chị, em nhắn tin cho chị rồi ạ', { of: 'kid' }),
    ],
  },
  {
    who: 'bride',
    on: 'shop-comments',
    steps: [
      say('10:40', 'Mình mới đặt áo cưới ở đây, tư vấn rất nhiệt tình 💯', { as: 'praise' }),
      answer('10:44', 'Dạ chúc anh chị trăm năm hạnh phúc ạ 🎉', { of: 'praise' }),
      say('10:46', 'Cảm ơn shop ạ', { of: 'praise' }),
    ],
  },
  {
    who: 'unhappy',
    on: 'shop-comments',
    steps: [
      say('15:02', 'Đặt hàng 5 ngày chưa thấy giao, làm ăn kiểu gì vậy', { as: 'angry' }),
      answer('15:06', 'Dạ em xin lỗi chị, chị cho em xin mã đơn để kiểm tra ngay ạ', { of: 'angry' }),
      say('15:08', 'DH-91447, đã gửi mail từ sáng', { of: 'angry' }),
      edit('18:40', 'angry', 'Đặt hàng 5 ngày mới giao. Shop đã gọi xin lỗi, cũng được.'),
    ],
  },
];
