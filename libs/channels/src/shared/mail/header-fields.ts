/** One header field as it came: bytes as Latin-1 characters, unfolded, without the name. */
export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** Line breaks of folding removed; otherwise untouched and undecoded. */
  readonly value: string;
}

/** A mail cut at its first empty line. */
export interface SplitMail {
  /** Characters are bytes (Latin-1). */
  readonly head: string;
  /** A part of the bytes given, not a copy. */
  readonly body: Buffer;
}

/** Most bytes that are looked at as a head; a real one is a few kilobytes, and mailparser refuses more than this. */
const MAX_HEAD_BYTES = 1_048_576;
const MAX_FIELDS = 5_000;
const CR = 0x0d;

const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t';

/** Cuts ASCII blanks only: as Latin-1, the last byte of "à" in UTF-8 looks like a no-break space. */
function trimBlanks(value: string): string {
  let [start, end] = [0, value.length];
  while (isBlank(value[start])) start++;
  while (end > start && isBlank(value[end - 1])) end--;
  return value.slice(start, end);
}

/** Cuts a mail into head and body at the first empty line; without one, everything is head. */
export function splitMail(source: Buffer): SplitMail {
  const start = source.subarray(0, MAX_HEAD_BYTES);
  const first = start.indexOf('\n');
  if (first === 0 || (first === 1 && start[0] === CR)) return { head: '', body: source.subarray(first + 1) };
  for (let end = first; end >= 0;) {
    const next = start.indexOf('\n', end + 1);
    const isEmpty = next === end + 1 || (next === end + 2 && start[end + 1] === CR);
    const headEnd = start[end - 1] === CR ? end - 1 : end;
    if (isEmpty) return { head: source.toString('latin1', 0, headEnd), body: source.subarray(next + 1) };
    end = next;
  }
  return { head: start.toString('latin1'), body: source.subarray(source.length) };
}

/**
 * Fields of a head in order. Lines that are no field (a leading mbox `From ` line, junk) are skipped.
 *
 * @param head characters are bytes, as {@link splitMail} gives them
 */
export function readHeaderFields(head: string): readonly HeaderField[] {
  const fields: { readonly name: string; readonly lines: string[] }[] = [];
  let current: string[] | undefined;
  for (const line of head.split(/\r?\n/)) {
    if (/^[ \t]/.test(line)) {
      current?.push(line);
      continue;
    }
    const match = /^([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:(.*)$/s.exec(line);
    if (match === null) {
      current = undefined;
      continue;
    }
    if (fields.length >= MAX_FIELDS) break;
    current = [match[2]!];
    fields.push({ name: match[1]!.toLowerCase(), lines: current });
  }
  return fields.map(({ name, lines }) => ({ name, value: trimBlanks(lines.join('')) }));
}

/** First field of that name, or undefined. */
export function firstField(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value;
}

/** Every field of that name, top to bottom. */
export function allFields(fields: readonly HeaderField[], name: string): readonly string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value);
}

/**
 * Message ids in a raw, unfolded field: everything in angle brackets that holds an `@`, in order, without repeats.
 * Ids keep their case: the left part is case-sensitive.
 *
 * mailparser splits `References` at blanks only, and takes all of `In-Reply-To` as one id.
 */
export function readMessageIds(value: string | undefined): readonly string[] {
  const ids = [...(value ?? '').matchAll(/<([^<>\s]{1,900})>/g)].map((match) => match[1]!);
  return [...new Set(ids.filter((id) => id.includes('@')))];
}
