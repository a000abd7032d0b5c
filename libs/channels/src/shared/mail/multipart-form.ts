import { Busboy } from '@fastify/busboy';
import { present } from '@app/kernel';
import type { MailFile } from './compose-mime.js';

/** A part of a form: a field, or a file when it has a name. */
export interface FormPart {
  readonly name: string;
  readonly filename?: string;
  readonly contentType?: string;
  /** As sent; a field's charset is what the provider says elsewhere. */
  readonly bytes: Buffer;
}

const MAX_PARTS = 1_000;
const MAX_PEEKED_BYTES = 1_024;

const URLENCODED = /^application\/x-www-form-urlencoded\b/i;

/** Percent-encoding to bytes: a mail in a form need not be UTF-8. */
function decodeComponent(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('+', ' '), 'latin1');
  if (!bytes.includes(0x25)) return bytes;
  const decoded = bytes
    .toString('latin1')
    .replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1');
}

function readUrlEncoded(body: Buffer): readonly FormPart[] {
  const pairs = body
    .toString('latin1')
    .split('&', MAX_PARTS)
    .filter((pair) => pair !== '');
  return pairs.map((pair) => {
    const equals = pair.indexOf('=');
    const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    return { name: decodeComponent(name).toString('utf8'), bytes: decodeComponent(value) };
  });
}

async function readMultipart(body: Buffer, contentType: string): Promise<readonly FormPart[] | undefined> {
  return await new Promise((resolve) => {
    const parts: FormPart[] = [];
    try {
      const form = new Busboy({
        headers: { 'content-type': contentType },
        // Every part as a stream of bytes: decoding a field as UTF-8 would spoil a mail in another charset.
        isPartAFile: () => true,
        limits: { parts: MAX_PARTS, fileSize: body.length + 1 },
      });
      form.on('file', (name, stream, filename, _encoding, type) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const named = filename === undefined || filename === '' ? {} : { filename };
          parts.push({
            name: name ?? '',
            ...named,
            ...(type === undefined ? {} : { contentType: type }),
            bytes: Buffer.concat(chunks),
          });
        });
      });
      form.on('error', () => resolve(undefined));
      form.on('partsLimit', () => resolve(undefined));
      form.on('finish', () => resolve(parts));
      form.end(body);
    } catch {
      // A content type without a boundary, as its constructor says by throwing: this is no form.
      resolve(undefined);
    }
  });
}

/**
 * Reads a form, of either kind, into its parts in order.
 *
 * @returns undefined for what is no form, is cut, or has more than 1,000 parts
 */
export async function readForm(body: Buffer, contentType: string): Promise<readonly FormPart[] | undefined> {
  return URLENCODED.test(contentType) ? readUrlEncoded(body) : await readMultipart(body, contentType);
}

/** First part of that name. */
export function partNamed(parts: readonly FormPart[], name: string): FormPart | undefined {
  return parts.find((part) => part.name === name);
}

/** First part of that name, as UTF-8. */
export function fieldOf(parts: readonly FormPart[], name: string): string | undefined {
  return partNamed(parts, name)?.bytes.toString('utf8');
}

/**
 * The files of a mail that a provider took apart.
 *
 * @param form names of the parts that are files
 * @param contentIds of parts that stand within the text, by their names
 */
export function filesIn(
  parts: readonly FormPart[],
  form: RegExp,
  contentIds: ReadonlyMap<unknown, string>,
): readonly MailFile[] {
  return parts
    .filter(({ name }) => form.test(name))
    .map(({ name, filename, contentType, bytes }) => ({
      ...present({ filename, contentType, contentId: contentIds.get(name) }),
      bytes,
    }));
}

/**
 * Fields that prove a request, found without reading the rest: forms of many megabytes are read by a parser that gives way
 * to others, and the proof comes before that.
 *
 * @returns the first field of each name, as {@link readForm} gives it; absent when there is none of at most 1,024 bytes
 */
export function peekFields(body: Buffer, contentType: string, names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const offer = (name: string, value: () => Buffer): void => {
    if (names.includes(name) && !found.has(name)) found.set(name, value().toString('utf8'));
  };
  if (URLENCODED.test(contentType)) {
    for (const { name, bytes } of readUrlEncoded(body)) offer(name, () => bytes);
    return found;
  }
  const boundary = /boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(contentType);
  if (boundary === null) return found;
  const mark = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  for (let at = body.indexOf(mark); at >= 0;) {
    const next = body.indexOf(mark, at + mark.length);
    const empty = body.indexOf('\r\n\r\n', at);
    if (next < 0 || empty < 0) break;
    if (empty < next && empty - at < MAX_PEEKED_BYTES && next - empty < MAX_PEEKED_BYTES) {
      const name = /;\s*name="([^"]{0,200})"/i.exec(body.toString('latin1', at, empty))?.[1];
      if (name !== undefined) offer(name, () => body.subarray(empty + 4, next - 2));
    }
    at = next;
  }
  return found;
}
