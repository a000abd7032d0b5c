import { say, type Scene } from './step.js';

/** Texts through the Vietnamese gateway, which states when each was sent. */
const GATEWAY: readonly Scene[] = [
  {
    who: 'regular',
    on: 'sms-vn',
    steps: [
      say('08:45', 'AODAI Chi con ao lua xanh size M khong em'),
      say('08:47', 'AODAI Con thi de chi 1 cai, trua chi qua'),
      say('12:05', 'AODAI Chi dang toi, 15 phut nua'),
      say('12:50', 'AODAI Cảm ơn em, áo đẹp lắm'),
      say('14:35', 'AODAI Chị để quên ô ở quầy, giữ giúp chị'),
    ],
  },
  {
    who: 'texter',
    on: 'sms-vn',
    steps: [
      say('07:55', 'AODAI DH-91502 bao gio giao vay shop'),
      say('08:58', 'AODAI Toi o nha ca ngay nhe'),
      say('11:30', 'AODAI Shipper goi nham so roi, so dung la so nay'),
      say('11:42', 'AODAI Đã nhận hàng, cảm ơn 👌', { sentAt: '12:10' }),
      say('11:44', 'AODAI Cho toi xin hoá đơn qua email'),
      say('15:20', 'AODAI Chua thay hoa don'),
      say('15:48', 'AODAI Nhan duoc roi, cam on shop', { oddity: 'storm' }),
      say('20:15', 'AODAI Tuần sau có khuyến mãi không shop? 🎁'),
    ],
  },
];

/** Texts to the hotline at Twilio, which states no time: they stand where they arrive, so they come last. */
const HOTLINE: readonly Scene[] = [
  {
    who: 'regular',
    on: 'hotline-sms',
    steps: [
      say('21:10', 'Em ơi chị nhắn số tổng đài này được không'),
      say('21:11', 'Chị lấy ô rồi nhé, cảm ơn em'),
      say('21:14', 'Thứ Bảy chị qua lấy thêm 1 cái màu vàng 🌼'),
    ],
  },
  {
    who: 'nightOwl',
    on: 'hotline-sms',
    steps: [
      say('21:16', 'Tối nay cửa hàng mở tới mấy giờ?'),
      say('21:17', 'Mình từ Biên Hoà lên, chắc 21 giờ 25 tới'),
      say('21:18', 'Đợi mình 5 phút với nha 🙏'),
      say('21:19', 'Tài khoản của bạn bị khoá, bấm vào đây', { oddity: 'forged' }),
      say('21:24', 'Mình tới rồi'),
      say('21:29', 'Cảm ơn shop đã chờ, áo vừa lắm ❤️'),
    ],
  },
];

/** What happens by SMS. */
export const SMS_SCENES: readonly Scene[] = [...GATEWAY, ...HOTLINE];
