import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type';

/** What bytes are, by their content, and whether they may be kept. */
export type Judgement =
  | { readonly keep: true; readonly mediaType: string }
  | { readonly keep: false; readonly reason: 'program' | 'markup' | 'empty' };

/** Programs of any system, and what installs one. */
const PROGRAMS = new Set([
  'application/x-msdownload',
  'application/x-elf',
  'application/x-mach-binary',
  'application/java-vm',
  'application/wasm',
  'application/x-ms-shortcut',
  'application/vnd.ms-cab-compressed',
  'application/x-msi',
  'application/x-deb',
  'application/x-rpm',
  'application/vnd.android.package-archive',
  'application/java-archive',
  'application/x-google-chrome-extension',
  'application/x-apple-diskimage',
]);
const SNIFF_BYTES = 1_024;
/** Marks of byte order. */
const UTF_16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
/** HTML and SVG run scripts in whatever shows them. */
const MARKUP = /<(?:!doctype|html|head|body|script|iframe|svg|math|\?xml|xsl:|meta|link|object|embed)\b/i;

/**
 * Judges bytes by their content; what anybody declared about them does not count. Archives are kept closed: nothing here
 * or later opens one, so what they would grow to does not matter.
 */
export async function judgeMedia(bytes: Buffer): Promise<Judgement> {
  if (bytes.length === 0) return { keep: false, reason: 'empty' };
  const found = await fileTypeFromBuffer(bytes);
  if (found !== undefined && PROGRAMS.has(found.mime)) return { keep: false, reason: 'program' };
  if (bytes[0] === 0x23 && bytes[1] === 0x21) return { keep: false, reason: 'program' };
  const beginning = bytes.subarray(0, SNIFF_BYTES).toString('latin1').replaceAll('\u0000', '');
  // Text in UTF-16 begins like some sound files do.
  const isText = found === undefined || /[/+]xml$/.test(found.mime) || UTF_16.some((mark) => bytes.indexOf(mark) === 0);
  if (isText && MARKUP.test(beginning)) return { keep: false, reason: 'markup' };
  if (found !== undefined) return { keep: true, mediaType: found.mime };
  return { keep: true, mediaType: isUtf8(bytes) && !bytes.includes(0) ? 'text/plain' : 'application/octet-stream' };
}
