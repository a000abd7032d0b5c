import { firstField, type HeaderField } from './header-fields.js';
import type { MimePart } from './parse-mime.js';

/** What {@link isEncrypted} looks at. */
export interface SealedMail {
  readonly fields: readonly HeaderField[];
  readonly parts: readonly Pick<MimePart, 'contentType'>[];
  /** The text as it is shown. */
  readonly text: string;
}

/** S/MIME also names signed and compressed mail so, which is not encrypted. */
const SMIME = /^application\/(?:x-)?pkcs7-mime(?![\w.+-])/i;
const SMIME_SEALED = /smime-type\s{0,10}=\s{0,10}"?(?:enveloped|authenveloped)-data/i;
const PGP_TYPE = 'application/pgp-encrypted';
/** Written into the text, as before there was PGP/MIME; a quoted one begins with `>`. */
const PGP_TEXT = /^-----BEGIN PGP MESSAGE-----[ \t\r]{0,10}$/m;

/**
 * Whether the words of a mail, or some of them, are for the holder of a key: S/MIME, PGP/MIME, or PGP in the text. Nobody here
 * has the key, so the mail shows nothing, or nothing that can be read.
 *
 * @see RFC 8551 section 3.2.2; RFC 3156 section 4; RFC 9580 section 6.2.1
 */
export function isEncrypted({ fields, parts, text }: SealedMail): boolean {
  const type = firstField(fields, 'content-type')?.trim() ?? '';
  if (SMIME.test(type) && SMIME_SEALED.test(type)) return true;
  return parts.some(({ contentType }) => contentType.toLowerCase() === PGP_TYPE) || PGP_TEXT.test(text);
}
