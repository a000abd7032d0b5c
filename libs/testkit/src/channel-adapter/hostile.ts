import { MAX_TEXT_CHARS } from '@app/contracts';

/** Bodies that no provider should send, each with a label. */
export const HOSTILE_BODIES: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['a cut object', Buffer.from('{"a":')],
  ['null', Buffer.from('null')],
  ['a number', Buffer.from('12345678901234567890')],
  ['text', Buffer.from('"xin chào"')],
  ['an empty object', Buffer.from('{}')],
  ['an empty array', Buffer.from('[]')],
  ['deep nesting', Buffer.from('['.repeat(50_000) + ']'.repeat(50_000))],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])],
  ['a byte order mark', Buffer.from('\uFEFF{}')],
  ['markup', Buffer.from('<html>502 Bad Gateway</html>')],
];

/** A text as a person may send it, and as it must be kept. */
export interface HostileText {
  readonly label: string;
  readonly sent: string;
  readonly kept: string;
  readonly truncated: boolean;
  /** Whether a form-encoded body can carry it. */
  readonly fitsForms: boolean;
}

const row = (label: string, sent: string, kept = sent, more: Partial<HostileText> = {}): HostileText => ({
  label,
  sent,
  kept,
  truncated: false,
  fitsForms: true,
  ...more,
});

/** Nearly all ASCII: a provider that escapes every other character would make an element too large for a record. */
const GREATEST = `${'a'.repeat(MAX_TEXT_CHARS - 1)}ạ`;

/** @param nul what the channel's rules make of U+0000 */
export const hostileTexts = (nul: 'replace' | 'remove'): readonly HostileText[] => [
  row('Vietnamese', 'Chị ơi, áo này còn size M không ạ?'),
  row('decomposed Vietnamese', 'Đặt hàng ở Huế ạ'.normalize('NFD'), 'Đặt hàng ở Huế ạ'),
  row('a family emoji with joiners', 'cả nhà 👨‍👩‍👧‍👦 ủng hộ'),
  row('right-to-left words', 'שלום shop مرحبا'),
  row('what looks like markup and JSON', '<b>"{\\"a\\":1}"</b> \\u0041 & %00'),
  row('digits that are no number', '0912345678901234567890'),
  row('line ends', 'một\r\nhai\rba', 'một\nhai\nba'),
  row('U+0000', 'a\u0000b', nul === 'replace' ? 'a\uFFFDb' : 'ab'),
  row('half an emoji', 'ơ \ud83d', 'ơ \uFFFD', { fitsForms: false }),
  row('the greatest length', GREATEST),
  row('more than the greatest length', `${GREATEST}a`, GREATEST, { truncated: true }),
];
