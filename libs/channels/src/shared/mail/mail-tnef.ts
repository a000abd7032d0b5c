import { isUtf8 } from 'node:buffer';
import { present } from '@app/kernel';
import { decodeCodePage } from './code-page.js';
import { decompressRtf } from './lzfu.js';
import { readRtf } from './rtf-letter.js';

/** What Outlook packs into one part: files, and now and then the only readable text. */
export interface TnefContents {
  readonly files: readonly TnefFile[];
  /** Plain text of the letter, when there is any; that of its RTF, when there is nothing else. */
  readonly text?: string;
  /** HTML of the letter, when there is any; that within its RTF, when there is nothing else. */
  readonly html?: string;
}

/** A file within. */
export interface TnefFile {
  readonly filename?: string;
  readonly contentType?: string;
  readonly bytes: Buffer;
}

const SIGNATURE = 0x223e9f78;
/** Level, id, type, length and checksum of an attribute. */
const ATTRIBUTE_BYTES = 11;

/** Attributes, by the lower half of their id. */
const ATTRIBUTE = {
  body: 0x800c,
  title: 0x8010,
  data: 0x800f,
  rendering: 0x9002,
  properties: 0x9003,
  attachment: 0x9005,
  codePage: 0x9007,
};
/** Properties of MAPI. */
const PROPERTY = {
  body: 0x1000,
  rtf: 0x1009,
  html: 0x1013,
  object: 0x3701,
  name: 0x3704,
  longName: 0x3707,
  mimeTag: 0x370e,
  htmlCodePage: 0x3fde,
};

const MAX_ATTRIBUTES = 20_000;
const MAX_PROPERTIES = 5_000;
/** RTF of a letter is a few kilobytes, or megabytes with pictures, which are not read. */
const MAX_RTF_BYTES = 8 * 1024 * 1024;
/** Beyond the longest text that is kept, so that a cut is told; HTML may be longer than its text. */
const MAX_RTF_CHARS = 512 * 1024;

/** Bytes of a value that has no length of its own, by its type; multiples of four. */
const FIXED_BYTES: Readonly<Record<number, number>> = {
  0x0002: 4,
  0x0003: 4,
  0x0004: 4,
  0x000a: 4,
  0x000b: 4,
  0x0005: 8,
  0x0006: 8,
  0x0007: 8,
  0x0014: 8,
  0x0040: 8,
  0x0048: 16,
};
const SIZED = new Set([0x001e, 0x001f, 0x000d, 0x0102]);
const STRING = 0x001e;
const UTF16 = 0x001f;
const OBJECT = 0x000d;
const MULTIPLE = 0x1000;

/** The file ends early, or holds what no such file holds. */
class BrokenFile extends Error {}

/** Reads little-endian numbers in order. @throws BrokenFile beyond the end */
class Cursor {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  number(size: 1 | 2 | 4): number {
    return this.take(size).readUIntLE(0, size);
  }

  take(length: number): Buffer {
    if (length > this.left) throw new BrokenFile('the file ends early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Values of MAPI begin at multiples of four. */
  takePadded(length: number): Buffer {
    const value = this.take(length);
    this.at = Math.min(this.bytes.length, this.at + ((4 - (length % 4)) % 4));
    return value;
  }
}

interface MapiValue {
  readonly type: number;
  readonly bytes: Buffer;
}

/** A property may have a name instead of a number: an id, or text. */
function skipName(cursor: Cursor): void {
  cursor.take(16);
  if (cursor.number(4) === 0) cursor.take(4);
  else cursor.takePadded(cursor.number(4));
}

function valuesOf(cursor: Cursor, type: number): readonly Buffer[] {
  const single = type & ~MULTIPLE;
  const isMultiple = type !== single;
  const fixed = FIXED_BYTES[single];
  if (fixed !== undefined) return Array.from({ length: isMultiple ? cursor.number(4) : 1 }, () => cursor.take(fixed));
  if (!SIZED.has(single)) throw new BrokenFile('a property has an unknown type');
  return Array.from({ length: Math.min(cursor.number(4), MAX_PROPERTIES) }, () => cursor.takePadded(cursor.number(4)));
}

/** The properties of a letter or an attachment, by number. */
function readProperties(bytes: Buffer): ReadonlyMap<number, MapiValue> {
  const cursor = new Cursor(bytes);
  const found = new Map<number, MapiValue>();
  for (let left = Math.min(cursor.number(4), MAX_PROPERTIES); left > 0; left--) {
    const type = cursor.number(2);
    const id = cursor.number(2);
    if (id >= 0x8000) skipName(cursor);
    const [first] = valuesOf(cursor, type);
    if (first !== undefined && !found.has(id)) found.set(id, { type, bytes: first });
  }
  return found;
}

const untilNul = (text: string): string => text.split('\u0000', 1)[0]!;

/** Text of one byte a character is in the code page of the sender; Latin-1 keeps every byte where none is named. */
function textOf(value: MapiValue | undefined, codePage?: number): string | undefined {
  if (value === undefined) return undefined;
  const { type, bytes } = value;
  const oneByte = codePage === undefined ? bytes.toString('latin1') : decodeCodePage(bytes, codePage);
  const text = untilNul(type === UTF16 ? bytes.toString('utf16le') : oneByte);
  return text === '' ? undefined : text;
}

const numberOf = (value: MapiValue | undefined): number | undefined =>
  value?.bytes.length === 4 ? value.bytes.readUInt32LE(0) : undefined;

/** HTML in the code page that stands beside it; without one in UTF-8, or else in that of the sender. */
function htmlOf(properties: ReadonlyMap<number, MapiValue>, codePage: number | undefined): string | undefined {
  const bytes = properties.get(PROPERTY.html)?.bytes;
  if (bytes === undefined) return undefined;
  const named = numberOf(properties.get(PROPERTY.htmlCodePage)) ?? (isUtf8(bytes) ? undefined : codePage);
  return named === undefined ? bytes.toString('utf8') : decodeCodePage(bytes, named);
}

/** What compressed RTF says. */
function rtfLetterOf(value: Buffer | undefined): Pick<TnefContents, 'text' | 'html'> {
  const rtf = value && decompressRtf(value, MAX_RTF_BYTES);
  const letter = rtf && readRtf(rtf, MAX_RTF_CHARS);
  return letter === undefined ? {} : { [letter.kind]: letter.text };
}

class Unpacker {
  private readonly files: { filename?: string; contentType?: string; bytes?: Buffer }[] = [];
  private text: string | undefined;
  private html: string | undefined;
  private rtf: Buffer | undefined;
  private codePage: number | undefined;

  take(id: number, data: Buffer): void {
    const file = this.files.at(-1);
    switch (id) {
      case ATTRIBUTE.rendering:
        this.files.push({});
        return;
      case ATTRIBUTE.title:
        if (file !== undefined) file.filename ??= textOf({ type: STRING, bytes: data }, this.codePage);
        return;
      case ATTRIBUTE.data:
        if (file !== undefined) file.bytes = data;
        return;
      case ATTRIBUTE.attachment:
        if (file !== undefined) Object.assign(file, described(readProperties(data), this.codePage));
        return;
      case ATTRIBUTE.codePage:
        // The first of two; it stands before everything that it is about.
        this.codePage = data.length >= 4 ? data.readUInt32LE(0) : undefined;
        return;
      case ATTRIBUTE.body:
        this.text ??= textOf({ type: STRING, bytes: data }, this.codePage);
        return;
      case ATTRIBUTE.properties: {
        const properties = readProperties(data);
        this.text = textOf(properties.get(PROPERTY.body), this.codePage) ?? this.text;
        this.html ??= htmlOf(properties, this.codePage);
        this.rtf ??= properties.get(PROPERTY.rtf)?.bytes;
        return;
      }
      default:
    }
  }

  get contents(): TnefContents {
    return {
      files: this.files.flatMap(({ bytes, ...about }) => (bytes === undefined ? [] : [{ ...about, bytes }])),
      ...this.words,
    };
  }

  /** RTF repeats what text and HTML say, and counts where there is neither. */
  private get words(): Pick<TnefContents, 'text' | 'html'> {
    const isSaid = [this.text, this.html].some((said) => said !== undefined && said.trim() !== '');
    return isSaid ? present({ text: this.text, html: this.html }) : rtfLetterOf(this.rtf);
  }
}

/** The id of the interface that stands before what an object holds. */
const INTERFACE_BYTES = 16;

/** Newer programs put the bytes among the properties; what stands in their old place is a picture of the file then. */
function objectOf(value: MapiValue | undefined): Buffer | undefined {
  if (value === undefined) return undefined;
  return value.type === OBJECT ? value.bytes.subarray(INTERFACE_BYTES) : value.bytes;
}

function described(properties: ReadonlyMap<number, MapiValue>, codePage: number | undefined): Partial<TnefFile> {
  const bytes = objectOf(properties.get(PROPERTY.object));
  const filename =
    textOf(properties.get(PROPERTY.longName), codePage) ?? textOf(properties.get(PROPERTY.name), codePage);
  const contentType = textOf(properties.get(PROPERTY.mimeTag));
  return present({ filename, contentType, bytes });
}

/**
 * Opens `winmail.dat`, in which Outlook packs a letter that it thinks only Outlook reads. Pure, without unpacking of
 * archives. RTF that is damaged says nothing.
 *
 * @returns undefined for what is no such file, or is cut or broken anywhere
 * @see MS-OXTNEF; MS-OXRTFCP and MS-OXRTFEX for letters in RTF
 */
export function readTnef(bytes: Buffer): TnefContents | undefined {
  const cursor = new Cursor(bytes);
  const unpacker = new Unpacker();
  try {
    if (cursor.number(4) !== SIGNATURE) return undefined;
    cursor.number(2);
    for (let count = 0; cursor.left >= ATTRIBUTE_BYTES; count++) {
      if (count > MAX_ATTRIBUTES) return undefined;
      cursor.number(1);
      const id = cursor.number(2);
      cursor.number(2);
      unpacker.take(id, cursor.take(cursor.number(4)));
      cursor.number(2);
    }
    return unpacker.contents;
  } catch (error) {
    // The file stays an attachment as it is.
    if (error instanceof BrokenFile) return undefined;
    throw error;
  }
}
