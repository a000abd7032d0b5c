import { Readable } from 'node:stream';
import { MailParser, type AddressObject, type AttachmentStream, type Headers, type MessageText } from 'mailparser';

/** A part that is shown as an attachment; its bytes are counted and hashed, never kept. */
export interface MimePart {
  /** Number of the part, as in IMAP. */
  readonly partId: string;
  readonly contentType: string;
  readonly filename?: string;
  readonly contentDisposition?: string;
  readonly cid?: string;
  readonly related: boolean;
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** The decoded bytes of a part that is read and not only shown; absent above {@link MAX_READ_BYTES}. */
  readonly bytes?: Buffer;
  /** The parser does not know its encoding: the bytes are text with a file written into it. */
  readonly uuencoded?: true;
}

/** What the parser makes of a mail. */
export interface ParsedMime {
  readonly headers: Headers;
  readonly text?: string;
  readonly html?: string;
  /** Whether a `text/plain` part was among the text; without one there is no text, only HTML. */
  readonly hasPlainText: boolean;
  readonly parts: readonly MimePart[];
}

/** Why a mail could not be parsed; a word for logs and flags. */
export type MimeFailure = 'timeout' | 'refused' | 'empty';

/** Outcome of {@link parseMime}. */
export type MimeResult =
  { readonly ok: true; readonly mime: ParsedMime } | { readonly ok: false; readonly reason: MimeFailure };

const UNKNOWN_TYPE = 'application/octet-stream';
/** Number of the one part of a mail that is no multipart; the parser leaves it out. @see RFC 3501 section 6.4.5 */
const ONLY_PART = '1';

/** HTML longer than this is not turned into text. */
export const MAX_HTML_CHARS = 2 * 1024 * 1024;
/**
 * The parser turns HTML into text itself when plain text stands beside it in one mail. Its time grows with the square of
 * the length: half a megabyte of pictures took ten seconds.
 */
const MAX_PARSER_HTML_CHARS = 128 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** A part costs about 300 bytes in the event; more parts than this would not fit into a record. */
const MAX_PARTS = 250;

/** Types of parts that are read: reports of machines, with the mail that they report on, and letters within a letter. */
const READ_TYPES =
  /^(message\/(rfc822|global|global-headers|delivery-status|global-delivery-status|feedback-report|disposition-notification|global-disposition-notification)|text\/rfc822(-headers)?|text\/calendar|application\/ms-tnef)$/;
/** A report is a few kilobytes; of the mail that it returns only the head matters. */
const MAX_READ_BYTES = 8 * 1024 * 1024;

/** Feeds a mail in pieces, so that timers run between them and the time limit can strike. */
function* chunksOf(source: Buffer): Generator<Buffer> {
  for (let start = 0; start < source.length; start += CHUNK_BYTES) yield source.subarray(start, start + CHUNK_BYTES);
}

/** Of broken mails the parser gives things that are no texts, whatever its types say. */
const textually = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const UUENCODING = /^\s*(x-)?uue(ncode)?\s*$/i;
const isUuencoded = ({ headers }: AttachmentStream): boolean =>
  UUENCODING.test(textually(headers.get('content-transfer-encoding')) ?? '');

/** Whether a part's own bytes are wanted. Some programs call the file of Outlook an unknown type. */
function isRead(part: AttachmentStream): boolean {
  const type = textually(part.contentType)?.toLowerCase() ?? '';
  return READ_TYPES.test(type) || textually(part.filename)?.toLowerCase() === 'winmail.dat' || isUuencoded(part);
}

/** Collects bytes up to a limit; undefined above it. */
class Collected {
  private chunks: Buffer[] | undefined = [];
  private length = 0;

  constructor(private readonly maxBytes: number) {}

  add(chunk: Buffer): void {
    this.length += chunk.length;
    if (this.length > this.maxBytes) this.chunks = undefined;
    this.chunks?.push(chunk);
  }

  get bytes(): Buffer | undefined {
    return this.chunks && Buffer.concat(this.chunks);
  }
}

const partIdOf = ({ partId }: AttachmentStream): string => textually(partId) ?? ONLY_PART;

function finishedPart(part: AttachmentStream, bytes: Buffer | undefined): MimePart {
  return {
    ...(bytes === undefined ? {} : { bytes }),
    ...(isUuencoded(part) ? { uuencoded: true } : {}),
    partId: partIdOf(part),
    contentType: textually(part.contentType) ?? UNKNOWN_TYPE,
    filename: textually(part.filename),
    contentDisposition: textually(part.contentDisposition),
    cid: textually(part.cid),
    related: part.related === true,
    sizeBytes: part.size ?? 0,
    sha256: part.checksum ?? '',
  };
}

/** How {@link parseMime} works. */
export interface ParseOptions {
  readonly timeoutMs: number;
  /** Part whose bytes are wanted, of whatever type and size. */
  readonly wanted?: string;
}

/** Collects the bytes of a part that somebody reads. */
function collectorFor(part: AttachmentStream, wanted: string | undefined): Collected | undefined {
  if (wanted !== undefined && partIdOf(part) === wanted) return new Collected(Infinity);
  return isRead(part) ? new Collected(MAX_READ_BYTES) : undefined;
}

/**
 * Whether a plain part was among the text so far. Without one nobody reads the text that the parser makes of HTML, and making it
 * takes most of the time of a mail that is HTML alone.
 */
const hasPlainPart = (parser: MailParser): boolean => (parser as unknown as { hasText?: boolean }).hasText === true;

/**
 * Parses a mail. Attachments stream through a digest, so memory does not grow with them. It never throws: a parser
 * error, a time-out, too many parts and a result without headers are all failures of this one mail.
 *
 * The time limit strikes between pieces of 256 KiB; one synchronous step of the parser is not interrupted.
 */
export async function parseMime(source: Buffer, options: ParseOptions): Promise<MimeResult> {
  const parser: MailParser = new MailParser({
    // Looked at when all parts are known.
    get skipHtmlToText() {
      return !hasPlainPart(parser);
    },
    skipImageLinks: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    keepDeliveryStatus: true,
    ignoreEmbedded: true,
    checksumAlgo: 'sha256',
    maxHtmlLengthToParse: MAX_PARSER_HTML_CHARS,
  });
  // A stream of its own for a mail of one piece costs a tenth of the whole.
  const input = source.length > CHUNK_BYTES ? Readable.from(chunksOf(source)) : undefined;
  const parts: MimePart[] = [];
  let content: MessageText | undefined;
  const failure = await new Promise<MimeFailure | undefined>((resolve) => {
    const timer = setTimeout(() => resolve('timeout'), options.timeoutMs);
    const settle = (reason: MimeFailure | undefined): void => {
      clearTimeout(timer);
      resolve(reason);
    };
    parser.on('error', () => settle('refused'));
    input?.on('error', () => settle('refused'));
    parser.on('end', () => settle(undefined));
    parser.on('data', (data: AttachmentStream | MessageText) => {
      if (data.type === 'text') {
        content = data;
        return;
      }
      const collected = collectorFor(data, options.wanted);
      data.content.on('error', () => settle('refused'));
      data.content.on('end', () => {
        parts.push(finishedPart(data, collected?.bytes));
        if (parts.length > MAX_PARTS) settle('refused');
        else data.release?.();
      });
      if (collected !== undefined) data.content.on('data', (chunk: Buffer) => collected.add(chunk));
      data.content.resume();
    });
    if (input === undefined) parser.end(source);
    else input.pipe(parser);
  });
  input?.destroy();
  const headers = parser.headers;
  const hasPlainText = hasPlainPart(parser);
  parser.destroy();
  if (failure !== undefined) return { ok: false, reason: failure };
  if (headers === false || headers.size === 0) return { ok: false, reason: 'empty' };
  return {
    ok: true,
    mime: { headers, text: content?.text, html: content?.html, hasPlainText, parts },
  };
}

/** Mailboxes of a header in order; groups and entries without an address are left out. */
export function mailboxesOf(
  headers: Headers,
  name: string,
): readonly { readonly address: string; readonly name: string }[] {
  const value = headers.get(name) as AddressObject | AddressObject[] | undefined;
  const objects = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const entries = objects.flatMap((object) => object.value ?? []).flatMap((entry) => entry.group ?? [entry]);
  return entries.flatMap(({ address, name: display }) => (address ? [{ address, name: display ?? '' }] : []));
}

/** Text of a header that is a plain string after decoding. */
export function textOf(headers: Headers, name: string): string | undefined {
  const value = headers.get(name);
  return typeof value === 'string' ? value : undefined;
}
