import type { Attachment } from '@app/contracts';

/** What a reader asks of some bytes. */
export interface MediaRequest {
  readonly range?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** An answer of HTTP, headers in lower case. */
export interface MediaReply {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a browser may show in place: it runs nothing in them. Everything else is saved. */
const SHOWN = /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;
const NOTHING = Buffer.alloc(0);

/** `filename*` of RFC 6266: any name, none of which reaches the header as it is. */
function disposition(mediaType: string, filename: string | undefined): string {
  const kind = SHOWN.test(mediaType) ? 'inline' : 'attachment';
  if (filename === undefined) return kind;
  const safe = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename*=UTF-8''${safe}`;
}

/** One range of bytes as RFC 9110 writes it, both ends included. @returns undefined for anything else, which is ignored */
function rangeOf(text: string | undefined, size: number): readonly [number, number] | 'beyond' | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text ?? '');
  if (found === null) return undefined;
  const [, first = '', last = ''] = found;
  if (first === '' && last === '') return undefined;
  if (first === '') return last === '0' ? 'beyond' : [Math.max(0, size - Number(last)), size - 1];
  const [from, to] = [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)];
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'beyond' : [from, to];
}

/**
 * Answers for the bytes of an attachment: whole, a range of them, or that they are as the reader has them. The type is
 * that of the content, never the one that somebody declared.
 *
 * @see RFC 9110, sections 13 and 14; RFC 6266
 */
export function mediaReply(
  attachment: Pick<Attachment, 'sha256' | 'media_type' | 'filename'>,
  bytes: Buffer,
  { range, ifNoneMatch }: MediaRequest,
): MediaReply {
  const type = attachment.media_type ?? '';
  const mediaType = MEDIA_TYPE.test(type) ? type : 'application/octet-stream';
  const etag = `"${attachment.sha256}"`;
  const headers = {
    'content-type': mediaType,
    'content-disposition': disposition(mediaType, attachment.filename),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    // Kept by the reader, and asked about each time: it may be erased.
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
    etag,
  };
  if (ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) === true) {
    return { status: 304, headers, body: NOTHING };
  }
  const part = rangeOf(range, bytes.length);
  if (part === undefined) return { status: 200, headers, body: bytes };
  if (part === 'beyond') {
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${bytes.length}` }, body: NOTHING };
  }
  const [from, to] = part;
  const contentRange = `bytes ${from}-${to}/${bytes.length}`;
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, body: bytes.subarray(from, to + 1) };
}
