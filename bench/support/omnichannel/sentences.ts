import type { Chance } from './chance.js';

const PLAIN = [
  'Shop ơi mẫu áo dài này còn size M không ạ?',
  'Giao về quận 7 mất mấy ngày vậy shop?',
  'Mình đặt 2 cái màu xanh, tổng 1.250.000đ đúng không ạ?',
  'Đơn DH20260117 của em tới đâu rồi?',
  'Cho mình hỏi giá sỉ với, lấy 50 cái',
  'ok shop nhé, 15/03/2026 mình qua lấy',
  'Ship cod được ko ad',
  'Dạ em cảm ơn shop nhiều ạ 🥰',
];
const OWN_NUMBER = [
  (number: string) => `Số em là ${number} ạ`,
  (number: string) => `gọi mình qua sđt ${number} nhé`,
  (number: string) => `Nguyễn Trãi, Q5, lh ${number}`,
  (number: string) => `${number} shop add zalo giúp mình`,
];
const GIFT = [
  (number: string, whose: string) => `Giao giúp em tới chị ${whose}, số ${number} nhé, quà sinh nhật ạ`,
  (number: string, whose: string) => `Người nhận là ${whose} - ${number}, đừng báo giá shop ơi`,
];
const HOTLINE = [
  'Em gọi hotline 028 7100 0001 hoài không ai bắt máy',
  'Gửi vào hotro@shop.example.vn rồi mà chưa thấy trả lời, số 02871000001 cũng không gọi được',
];

/** New two digits of a mobile number to the old three (plan of 2018). */
const BEFORE_2018: Readonly<Record<string, string>> = {
  32: '162',
  33: '163',
  34: '164',
  35: '165',
  36: '166',
  37: '167',
  38: '168',
  39: '169',
  70: '120',
  79: '121',
  77: '122',
  76: '126',
  78: '128',
  83: '123',
  84: '124',
  85: '125',
  81: '127',
  82: '129',
};

/** The 11-digit form of before 2018; undefined for a number that always had ten. @param e164 Vietnamese mobile number */
export function oldForm(e164: string): string | undefined {
  const old = BEFORE_2018[e164.slice(3, 5)];
  return old === undefined ? undefined : `0${old}${e164.slice(5)}`;
}

/** A number as somebody types it. @param e164 Vietnamese mobile number */
export function typeNumber(e164: string, chance: Chance): string {
  const national = `0${e164.slice(3)}`;
  const forms = [
    national,
    `${national.slice(0, 4)} ${national.slice(4, 7)} ${national.slice(7)}`,
    `${national.slice(0, 4)}.${national.slice(4, 7)}.${national.slice(7)}`,
    `+84 ${e164.slice(3, 5)} ${e164.slice(5, 8)} ${e164.slice(8)}`,
    oldForm(e164) ?? national,
  ];
  return chance.pick(forms);
}

export const plainSentence = (chance: Chance): string => chance.pick(PLAIN);
export const ownNumberSentence = (e164: string, chance: Chance): string =>
  chance.pick(OWN_NUMBER)(typeNumber(e164, chance));
/** Somebody else's number, for a present. */
export const giftSentence = (e164: string, whose: string, chance: Chance): string =>
  chance.pick(GIFT)(typeNumber(e164, chance), whose);
/** The shop's own number and address. */
export const hotlineSentence = (chance: Chance): string => chance.pick(HOTLINE);
