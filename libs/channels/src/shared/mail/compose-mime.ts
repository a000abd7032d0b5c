import { hash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';

/** A file of {@link MailPieces}. */
export interface MailFile {
  readonly filename?: string;
  readonly contentType?: string;
  /** Without angle brackets. */
  readonly contentId?: string;
  readonly bytes: Buffer;
}

/** A mail that a provider took apart. */
export interface MailPieces {
  /** Header lines as they were, CRLF or LF between them. */
  readonly head: Buffer;
  readonly text?: string;
  readonly html?: string;
  readonly files: readonly MailFile[];
}

/** Describe the body as it was packed once; it is packed anew. */
const ABOUT_THE_BODY = /^(content-|mime-version)/i;

/** Fields with their continued lines, but for those about the body. */
function ownHead(head: Buffer): Buffer {
  const fields = head.toString('latin1').split(/\r?\n(?![ \t])/);
  const kept = fields.filter((field) => field.trim() !== '' && !ABOUT_THE_BODY.test(field));
  return Buffer.from(kept.map((field) => `${field}\r\n`).join(''), 'latin1');
}

function bodyHead(head: string): string {
  const fields = head.split(/\r\n(?![ \t])/);
  return fields
    .filter((field) => ABOUT_THE_BODY.test(field))
    .map((field) => `${field}\r\n`)
    .join('');
}

/** Equal pieces have equal boundaries, so that a repeated delivery is the same mail. */
const boundaryOf = ({ head, text = '', html = '', files }: MailPieces): string =>
  hash(
    'sha256',
    JSON.stringify([head.toString('base64'), text, html, files.map(({ bytes }) => hash('sha256', bytes))]),
  ).slice(0, 32);

/**
 * Puts a mail together again, so that one parser reads every mail. It is not the mail as it was sent: signatures over it
 * do not hold, and a provider's setting to send the original is better.
 */
export async function composeMime(pieces: MailPieces): Promise<Buffer> {
  const { head, text, html, files } = pieces;
  const composer = new MailComposer({
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    attachments: files.map(({ filename, contentType, contentId, bytes }) => ({
      content: bytes,
      filename: filename ?? false,
      ...(contentType === undefined ? {} : { contentType }),
      ...(contentId === undefined ? {} : { cid: contentId }),
    })),
    baseBoundary: boundaryOf(pieces),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const built = await composer.compile().build();
  const empty = built.indexOf('\r\n\r\n');
  const about = bodyHead(built.subarray(0, empty).toString('latin1'));
  return Buffer.concat([ownHead(head), Buffer.from(`${about}\r\n`, 'latin1'), built.subarray(empty + 4)]);
}
