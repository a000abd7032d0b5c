import { say, send, type Scene } from './step.js';

/** What comes by mail. */
export const MAIL_SCENES: readonly Scene[] = [
  {
    who: 'accountant',
    on: 'hotro',
    subject: 'Đề nghị xuất hoá đơn VAT cho đơn 50 bộ áo dài',
    steps: [
      say(
        '14:02',
        'Kính gửi cửa hàng,\n\nĐề nghị xuất hoá đơn cho Công ty TNHH Gấm Vóc, MST 0300000001.\n\nTrân trọng.',
        { as: 'ask' },
      ),
      send('14:20', 'file', 'Gửi lại kèm giấy đăng ký kinh doanh.', { of: 'ask', as: 'papers' }),
      say('16:55', 'Đã nhận được hoá đơn, cảm ơn cửa hàng.', { of: 'papers', as: 'got' }),
      say('17:02', 'Xin sửa lại địa chỉ: số 8 Lê Lợi, phường Sài Gòn.', { of: 'got' }),
    ],
  },
  {
    who: 'unhappy',
    on: 'hotro',
    subject: 'Đơn DH-91447: năm ngày chưa giao',
    steps: [
      // Taken for junk, until somebody moves it into the inbox in the afternoon.
      say('07:35', 'Tôi đặt áo từ thứ Hai, tới nay chưa nhận được. Đề nghị kiểm tra gấp.', {
        as: 'first',
        sentAt: '15:40',
      }),
      send('10:20', 'file', 'Gửi kèm ảnh chụp đơn hàng.', { of: 'first', as: 'second' }),
      say('15:15', 'Lần thứ ba tôi viết. Nếu chiều nay không giao thì huỷ đơn.', { of: 'second', as: 'third' }),
      say('18:35', 'Đã nhận hàng lúc 18 giờ. Cảm ơn cửa hàng đã gọi lại xin lỗi.', { of: 'third' }),
    ],
  },
  {
    who: 'texter',
    on: 'hotro',
    subject: 'Xin hoá đơn điện tử DH-91502',
    steps: [
      say('11:50', 'Nhờ shop gửi hoá đơn điện tử đơn DH-91502 vào địa chỉ này.\n\nGửi từ iPhone của tôi', {
        as: 'ask',
      }),
      say('15:46', 'Nhận được rồi, cảm ơn.', { of: 'ask' }),
    ],
  },
  {
    who: 'nightOwl',
    on: 'hotro',
    subject: 'Hỏi thuê áo dài chụp kỷ yếu 🎓',
    steps: [
      say('10:55', 'Lớp mình 32 bạn muốn thuê áo dài chụp kỷ yếu ngày 12, giá thế nào ạ?', { as: 'ask' }),
      say('13:15', 'Bổ sung: 18 bạn nữ, 14 bạn nam (nam mặc áo the khăn đóng).', { of: 'ask', as: 'more' }),
      send('13:18', 'file', 'Danh sách số đo đính kèm ạ.', { of: 'more' }),
    ],
  },
  {
    who: 'regular',
    on: 'hotro',
    subject: 'Xin hoá đơn',
    steps: [
      say('11:20', 'Em xuất giúp chị hoá đơn lần mua tháng trước nhé.', { as: 'invoice' }),
      say('15:25', 'Chị nhận được rồi, cảm ơn em.', { of: 'invoice' }),
    ],
  },
];
