import { present } from '@app/kernel';

/** What Outlook packs into one part: files, and now and then the only readable text. */
export interface TnefContents {
  readonly files: readonly TnefFile[];
  /** Plain text of the letter, when there is any. */
  readonly text?: string;
  /** HTML of the letter, in the charset that it names itself. */
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
};
/** Properties of MAPI. */
const PROPERTY = { body: 0x1000, html: 0x1013, longName: 0x3707, name: 0x3704, mimeTag: 0x370e, object: 0x3701 };

const MAX_ATTRIBUTES = 20_000;
const MAX_PROPERTIES = 5_000;

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

/** Text of one byte a character is in the code page of the sender; Latin-1 keeps every byte. */
function textOf(value: MapiValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = untilNul(value.bytes.toString(value.type === UTF16 ? 'utf16le' : 'latin1'));
  return text === '' ? undefined : text;
}

class Unpacker {
  private readonly files: { filename?: string; contentType?: string; bytes?: Buffer }[] = [];
  private text: string | undefined;
  private html: string | undefined;

  take(id: number, data: Buffer): void {
    const file = this.files.at(-1);
    switch (id) {
      case ATTRIBUTE.rendering:
        this.files.push({});
        return;
      case ATTRIBUTE.title:
        if (file !== undefined) file.filename ??= textOf({ type: 0x001e, bytes: data });
        return;
      case ATTRIBUTE.data:
        if (file !== undefined) file.bytes = data;
        return;
      case ATTRIBUTE.attachment:
        if (file !== undefined) Object.assign(file, described(readProperties(data)));
        return;
      case ATTRIBUTE.body:
        this.text ??= textOf({ type: 0x001e, bytes: data });
        return;
      case ATTRIBUTE.properties: {
        const properties = readProperties(data);
        this.text = textOf(properties.get(PROPERTY.body)) ?? this.text;
        this.html ??= properties.get(PROPERTY.html)?.bytes.toString('utf8');
        return;
      }
      default:
    }
  }

  get contents(): TnefContents {
    return {
      files: this.files.flatMap(({ bytes, ...about }) => (bytes === undefined ? [] : [{ ...about, bytes }])),
      ...present({ text: this.text, html: this.html }),
    };
  }
}

/** The id of the interface that stands before what an object holds. */
const INTERFACE_BYTES = 16;

/** Newer programs put the bytes among the properties; what stands in their old place is a picture of the file then. */
function objectOf(value: MapiValue | undefined): Buffer | undefined {
  if (value === undefined) return undefined;
  return value.type === OBJECT ? value.bytes.subarray(INTERFACE_BYTES) : value.bytes;
}

function described(properties: ReadonlyMap<number, MapiValue>): Partial<TnefFile> {
  const bytes = objectOf(properties.get(PROPERTY.object));
  const filename = textOf(properties.get(PROPERTY.longName)) ?? textOf(properties.get(PROPERTY.name));
  const contentType = textOf(properties.get(PROPERTY.mimeTag));
  return present({ filename, contentType, bytes });
}

/**
 * Opens `winmail.dat`, in which Outlook packs a letter that it thinks only Outlook reads. Pure, without unpacking of
 * archives; compressed RTF stays closed.
 *
 * @returns undefined for what is no such file, or is cut or broken anywhere
 * @see MS-OXTNEF
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
