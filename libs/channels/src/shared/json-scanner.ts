const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;

/** Shortest integer, in digits, that may lie above 2^53. */
const LONG_DIGITS = 16;

/** Where a value stands within JSON bytes. */
export interface JsonNode {
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset after its last byte. */
  readonly end: number;
  /** Elements in order, when it is an array above the depth asked for. */
  readonly elements?: readonly JsonNode[];
  /** Members by decoded name, when it is an object above the depth asked for. */
  readonly members?: ReadonlyMap<string, JsonNode>;
  /** Name of a member that the object holds twice: all but the last one are lost to `JSON.parse`. */
  readonly repeated?: string;
}

const isNumberByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === MINUS || byte === 0x2b;

/**
 * Finds values within bytes that `JSON.parse` has already accepted: it checks nothing. One pass, each byte once; only
 * objects and arrays above the depth are recorded, everything below is skipped without recursion, so that deep nesting
 * costs no stack.
 */
export class JsonScanner {
  /** Offsets of integers that a JavaScript number cannot hold, as start and end in turn. */
  readonly unsafeIntegers: number[] = [];
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** Locates the root and, below it, the containers on the first `depth` levels. */
  locate(depth: number): JsonNode {
    this.skipBlanks();
    const { bytes } = this;
    const first = bytes[this.at];
    if (depth > 0 && first === OPEN_BRACE) return this.object(depth - 1);
    if (depth > 0 && first === OPEN_BRACKET) return this.array(depth - 1);
    const start = this.at;
    this.skipValue();
    return { start, end: this.at };
  }

  private object(depth: number): JsonNode {
    const start = this.at++;
    const members = new Map<string, JsonNode>();
    let repeated: string | undefined;
    for (let next = this.peek(); next !== CLOSE_BRACE; next = this.peek()) {
      if (next === COMMA) this.at++;
      this.skipBlanks();
      const name = this.name();
      this.skipBlanks();
      this.at += 1; // the colon
      if (members.has(name)) repeated = name;
      members.set(name, this.locate(depth));
    }
    this.at++;
    return { start, end: this.at, members, repeated };
  }

  private array(depth: number): JsonNode {
    const start = this.at++;
    const elements: JsonNode[] = [];
    for (let next = this.peek(); next !== CLOSE_BRACKET; next = this.peek()) {
      if (next === COMMA) this.at++;
      elements.push(this.locate(depth));
    }
    this.at++;
    return { start, end: this.at, elements };
  }

  /** Reads a member's name; `\u0065ntry` is `entry`. */
  private name(): string {
    const { bytes } = this;
    const start = this.at;
    this.skipString();
    for (let at = start; at < this.at; at += 1) {
      const byte = bytes[at]!;
      if (byte === BACKSLASH || byte >= 0x80) return JSON.parse(bytes.toString('utf8', start, this.at)) as string;
    }
    return bytes.toString('latin1', start + 1, this.at - 1);
  }

  private peek(): number | undefined {
    this.skipBlanks();
    return this.bytes[this.at];
  }

  private skipBlanks(): void {
    while (this.at < this.bytes.length && this.bytes[this.at]! <= SPACE) this.at++;
  }

  private skipString(): void {
    const { bytes } = this;
    let at = this.at + 1;
    while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    this.at = at + 1;
  }

  /** Skips a number and notes it when it is an integer that a JavaScript number would round. */
  private skipNumber(): void {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    while (at < bytes.length && isNumberByte(bytes[at]!)) at++;
    this.at = at;
    if (at - start < LONG_DIGITS) return;
    const token = bytes.toString('latin1', start, at);
    if (/^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token))) this.unsafeIntegers.push(start, at);
  }

  /** Skips the value that starts here, with everything in it. */
  private skipValue(): void {
    const { bytes } = this;
    let depth = 0;
    do {
      const byte = bytes[this.at]!;
      if (byte === QUOTE) this.skipString();
      else if (byte === MINUS || (byte >= 0x30 && byte <= 0x39)) this.skipNumber();
      else if (byte >= 0x61 && byte <= 0x7a) this.skipWord();
      else {
        if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
        else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
        this.at++;
      }
    } while (depth > 0);
  }

  /** Skips `true`, `false` or `null`. */
  private skipWord(): void {
    while (this.at < this.bytes.length && this.bytes[this.at]! >= 0x61 && this.bytes[this.at]! <= 0x7a) this.at++;
  }
}
