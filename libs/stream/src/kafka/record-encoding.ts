import { createRequire } from 'node:module';

/** What kafkajs hands to its encoder of one record (message format 2, KIP-98). */
export interface RecordParts {
  readonly offsetDelta?: number;
  /** Milliseconds after the first record of the batch; below 2^31. */
  readonly timestampDelta?: number;
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What kafkajs reads of an encoded record. */
export interface EncodedRecord {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

const ABSENT = -1;

const zigZag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;

function varIntSize(value: number): number {
  let rest = zigZag(value);
  let bytes = 1;
  while (rest > 0x7f) {
    rest >>>= 7;
    bytes += 1;
  }
  return bytes;
}

const lengthOf = (data: Buffer | string | null | undefined): number =>
  data === null || data === undefined ? ABSENT : typeof data === 'string' ? Buffer.byteLength(data) : data.length;

const sizedBytes = (length: number): number => varIntSize(length) + Math.max(0, length);

/** Writes one record into a buffer of exactly its size. */
class RecordWriter {
  private at = 0;

  constructor(readonly buffer: Buffer) {}

  byte(value: number): void {
    this.buffer[this.at++] = value;
  }

  varInt(value: number): void {
    let rest = zigZag(value);
    while (rest > 0x7f) {
      this.buffer[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.at++] = rest;
  }

  sized(data: Buffer | string | null | undefined, length: number): void {
    this.varInt(length);
    if (data === null || data === undefined) return;
    if (typeof data === 'string') this.buffer.write(data, this.at);
    else data.copy(this.buffer, this.at);
    this.at += length;
  }
}

/**
 * Encodes a record as kafkajs does, in one pass. kafkajs makes an encoder with a buffer of 512 zeroed bytes for every
 * header and copies each twice, which for a CloudEvent of a dozen headers costs more than all else on the way to the
 * broker.
 *
 * Headers hold one text each; kafkajs's arrays of values are not supported, and no record of ours has them.
 */
export function encodeRecord({
  offsetDelta = 0,
  timestampDelta = 0,
  key,
  value,
  headers = {},
}: RecordParts): EncodedRecord {
  const names = Object.keys(headers);
  const lengths: number[] = [];
  const [keyLength, valueLength] = [lengthOf(key), lengthOf(value)];
  let body = 1 + varIntSize(timestampDelta) + varIntSize(offsetDelta) + sizedBytes(keyLength) + sizedBytes(valueLength);
  body += varIntSize(names.length);
  for (const name of names) {
    const [nameLength, textLength] = [Buffer.byteLength(name), lengthOf(headers[name])];
    lengths.push(nameLength, textLength);
    body += sizedBytes(nameLength) + sizedBytes(textLength);
  }
  const writer = new RecordWriter(Buffer.allocUnsafe(varIntSize(body) + body));
  writer.varInt(body);
  writer.byte(0); // attributes: none are in use
  writer.varInt(timestampDelta);
  writer.varInt(offsetDelta);
  writer.sized(key, keyLength);
  writer.sized(value, valueLength);
  writer.varInt(names.length);
  for (const [index, name] of names.entries()) {
    writer.sized(name, lengths[2 * index]!);
    writer.sized(headers[name], lengths[2 * index + 1]!);
  }
  return { buf: writer.buffer, buffer: writer.buffer };
}

/**
 * Puts {@link encodeRecord} in the place of kafkajs 2.2.4's own. Its requests load the encoder when the first one of
 * their version is made, so this has to run before that; it runs once, before the first client.
 */
export function encodeRecordsInOnePass(): void {
  const require = createRequire(import.meta.url);
  const path = require.resolve('kafkajs/src/protocol/recordBatch/record/v0');
  require(path);
  const loaded = require.cache[path];
  if (loaded === undefined) throw new Error('The record encoder of kafkajs is not where it was in version 2.2.4');
  loaded.exports = encodeRecord;
}
