/** GSM 03.38, default alphabet, by number; 0x1b leads to the extension. */
const DEFAULT =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION: Readonly<Record<number, string>> = {
  0x0a: '\f',
  0x14: '^',
  0x28: '{',
  0x29: '}',
  0x2f: '\\',
  0x3c: '[',
  0x3d: '~',
  0x3e: ']',
  0x40: '|',
  0x65: '€',
};
const ESCAPE = 0x1b;

/**
 * Text of one octet a character, as message centres hand it over. An octet above 127 is no character of the alphabet and becomes
 * U+FFFD; an escape before a character that has no other form gives that character.
 *
 * @see 3GPP TS 23.038, section 6.2
 */
export function decodeGsm7(bytes: Buffer): string {
  let text = '';
  let escaped = false;
  for (const byte of bytes) {
    if (byte === ESCAPE && !escaped) {
      escaped = true;
      continue;
    }
    text += (escaped ? EXTENSION[byte] : undefined) ?? DEFAULT[byte] ?? '\ufffd';
    escaped = false;
  }
  return text;
}
