import { say, type Scene } from './step.js';

/** What is written on WhatsApp, where number and account are one person's. */
export const WHATSAPP_SCENES: readonly Scene[] = [
  {
    who: 'regular',
    on: 'wa-shop',
    steps: [
      say('13:20', 'Em ơi áo lụa xanh trưa nay chị lấy, còn màu hồng không?'),
      say('13:21', 'Chị mặc thử vừa lắm 🥰'),
      say('13:40', 'Ok em đặt cho chị thêm 1 cái màu hồng, giao nhà nha', { sentAt: '13:47' }),
      say('18:02', 'Chị nhận hàng rồi, cảm ơn em ❤️'),
    ],
  },
  {
    who: 'reseller',
    on: 'wa-shop',
    steps: [say('14:05', 'Shop cho mình bảng giá sỉ qua đây với'), say('14:30', 'Mình lấy 20 bộ được giảm bao nhiêu?')],
  },
];
