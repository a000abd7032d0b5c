import { call, order, progress, say, visit, type Scene } from './step.js';

/** What the shop's own systems know: orders, visits, calls, and what visitors of its web site fill in. */
export const SHOP_SCENES: readonly Scene[] = [
  {
    who: 'regular',
    on: 'cua-hang',
    steps: [
      visit('12:20', 'thử áo lụa xanh'),
      order('12:38', 'Áo dài lụa xanh, size M', 'in-shop'),
      progress('12:39', 'in-shop', 'paid'),
      order('13:55', 'Áo dài lụa hồng, size M', 'delivery'),
      progress('14:30', 'delivery', 'confirmed'),
      progress('15:10', 'delivery', 'shipped'),
      // The courier's word overtakes the one before it.
      progress('17:50', 'delivery', 'delivered', { sentAt: '17:51' }),
      progress('17:49', 'delivery', 'paid', { sentAt: '19:10' }),
    ],
  },
  {
    who: 'regular',
    on: 'tong-dai',
    steps: [call('16:40', 'where'), progress('16:41', 'where', 'answered'), progress('16:44', 'where', 'ended')],
  },
  {
    who: 'student',
    on: 'tong-dai',
    steps: [call('09:12', 'early'), progress('09:13', 'early', 'ended')],
  },
  {
    who: 'poet',
    on: 'lien-he',
    steps: [say('10:25', 'Tôi muốn thuê mười bộ áo dài cho đêm thơ, cửa hàng có cho thuê không?')],
  },
];
