import { isUtf8 } from 'node:buffer';
import { decodeGsm7 } from './gsm7.js';
import type { SmppSettings } from './smpp.settings.js';

/** How text is written, as `data_coding` says it. */
export type Alphabet = 'gsm7' | 'latin1' | 'utf8' | 'ascii' | 'ucs2' | 'binary';

/** @see SMPP 3.4, section 5.2.19; 3GPP TS 23.038, section 4 */
export function alphabetOf(dataCoding: number, defaultAlphabet: SmppSettings['defaultAlphabet']): Alphabet {
  // Message classes: the bits besides say 8 bit data or the default alphabet.
  if (dataCoding >= 0xf0) return (dataCoding & 0x04) === 0 ? defaultAlphabet : 'binary';
  if (dataCoding >= 0x10 && dataCoding < 0x40)
    return (['gsm7', 'binary', 'ucs2', 'binary'] as const)[(dataCoding >> 2) & 3]!;
  switch (dataCoding) {
    case 0:
      return defaultAlphabet;
    case 1:
      return 'ascii';
    case 3:
      return 'latin1';
    case 8:
      return 'ucs2';
    default:
      return 'binary';
  }
}

/** UTF-16, big end first; an odd byte at the end is left out. */
const decodeUcs2 = (bytes: Buffer): string =>
  Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
    .swap16()
    .toString('utf16le');

/**
 * Text of all parts together: a character may be cut between two.
 *
 * @returns undefined for binary messages
 */
export function decodeText(bytes: Buffer, alphabet: Alphabet): string | undefined {
  switch (alphabet) {
    case 'gsm7':
      return decodeGsm7(bytes);
    case 'ucs2':
      return decodeUcs2(bytes);
    case 'utf8':
      return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
    case 'latin1':
    case 'ascii':
      return bytes.toString('latin1');
    case 'binary':
      return undefined;
  }
}

/** The words of a receipt; some centres call ASCII bytes UCS-2. */
export function receiptText(bytes: Buffer): string {
  const plain = bytes.toString('latin1');
  return /(?:^|\s)(?:id|stat):/i.test(plain) ? plain : decodeUcs2(bytes);
}
