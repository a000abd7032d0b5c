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

/** Cuts ASCII blanks only: as Latin-1, the last byte of "à" in UTF-8 looks like a no-break space. */
const trimBlanks = (value: string): string => value.replace(/^[ \t]+/, '').replace(/(?<![ \t])[ \t]+$/, '');

/** Cuts a mail into head and body at the first empty line; without one, everything is head. */
export function splitMail(source: Buffer): SplitMail {
  const start = source.toString('latin1', 0, MAX_HEAD_BYTES);
  const blank = /^\r?\n/.exec(start);
  if (blank !== null) return { head: '', body: source.subarray(blank[0].length) };
  const empty = /\r?\n\r?\n/.exec(start);
  if (empty === null) return { head: start, body: source.subarray(source.length) };
  return { head: start.slice(0, empty.index), body: source.subarray(empty.index + empty[0].length) };
}

/**
 * Fields of a head in order. Lines that are no field (a leading mbox `From ` line, junk) are skipped.
 *
 * @param head characters are bytes, as {@link splitMail} gives them
 */
export function readHeaderFields(head: string): readonly HeaderField[] {
  const fields: HeaderField[] = [];
  let current: { name: string; lines: string[] } | undefined;
  for (const line of head.split(/\r?\n/)) {
    if (/^[ \t]/.test(line)) {
      current?.lines.push(line);
      continue;
    }
    const match = /^([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:(.*)$/s.exec(line);
    if (match === null) {
      current = undefined;
      continue;
    }
    if (fields.length >= MAX_FIELDS) break;
    const entry = { name: match[1]!.toLowerCase(), lines: [match[2]!] };
    current = entry;
    fields.push({
      name: entry.name,
      get value() {
        return trimBlanks(entry.lines.join(''));
      },
    });
  }
  return fields;
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
