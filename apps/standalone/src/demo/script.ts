import { COMMENT_SCENES } from './script/comment-scenes.js';
import { MAIL_SCENES } from './script/mail-scenes.js';
import { MESSENGER_SCENES } from './script/messenger-scenes.js';
import { SHOP_SCENES } from './script/shop-scenes.js';
import { SMS_SCENES } from './script/sms-scenes.js';
import type { Scene } from './script/step.js';
import { WHATSAPP_SCENES } from './script/whatsapp-scenes.js';
import { ZALO_SCENES } from './script/zalo-scenes.js';

/** First and last minute of the day, in Vietnam. */
export const DAY_HOURS = { open: '07:30', close: '21:30' } as const;

/** A day of a shop that sells áo dài: every conversation with every account. Pure data. */
export const SHOP_DAY: readonly Scene[] = [
  ...MESSENGER_SCENES,
  ...ZALO_SCENES,
  ...COMMENT_SCENES,
  ...SMS_SCENES,
  ...MAIL_SCENES,
  ...WHATSAPP_SCENES,
  ...SHOP_SCENES,
];
