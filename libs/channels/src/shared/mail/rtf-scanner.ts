/** The smallest things that RTF consists of. */
export type RtfToken =
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }
  /** `\name` or `\name-12`. */
  | { readonly kind: 'word'; readonly word: string; readonly value: number | undefined }
  /** A backslash and one character that is no letter. */
  | { readonly kind: 'symbol'; readonly symbol: string }
  /** One byte written as `\'e0`. */
  | { readonly kind: 'byte'; readonly byte: string }
  /** Bytes as they stand, as characters of Latin-1, never empty; line breaks between them mean nothing and are left out. */
  | { readonly kind: 'text'; readonly bytes: string }
  /** What `\bin` announced. */
  | { readonly kind: 'binary' };

const CODE = { backslash: 0x5c, open: 0x7b, close: 0x7d, cr: 0x0d, lf: 0x0a, minus: 0x2d, space: 0x20 };
const MAX_WORD_CHARS = 32;
const MAX_DIGITS = 10;

/** Beyond the end the code is NaN, which is none of these. */
const isLetter = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isLineBreak = (code: number): boolean => code === CODE.cr || code === CODE.lf;
const isPlain = (code: number): boolean =>
  code !== CODE.backslash && code !== CODE.open && code !== CODE.close && !isLineBreak(code);

/** Reads RTF from front to back, each byte once; whatever the bytes are, it ends and never throws. */
export class RtfScanner {
  private at = 0;

  /** @param rtf characters are bytes (Latin-1) */
  constructor(private readonly rtf: string) {}

  /** @returns undefined at the end */
  next(): RtfToken | undefined {
    while (isLineBreak(this.code)) this.at++;
    if (this.at >= this.rtf.length) return undefined;
    switch (this.code) {
      case CODE.open:
        this.at++;
        return { kind: 'open' };
      case CODE.close:
        this.at++;
        return { kind: 'close' };
      case CODE.backslash:
        this.at++;
        return this.control();
      default:
        return { kind: 'text', bytes: this.takeWhile(isPlain, Infinity) };
    }
  }

  private get code(): number {
    return this.rtf.charCodeAt(this.at);
  }

  private takeWhile(holds: (code: number) => boolean, limit: number): string {
    const start = this.at;
    const end = Math.min(this.rtf.length, start + limit);
    while (this.at < end && holds(this.code)) this.at++;
    return this.rtf.slice(start, this.at);
  }

  private control(): RtfToken {
    if (isLetter(this.code)) return this.word();
    const symbol = this.rtf.charAt(this.at++);
    if (symbol !== "'") return { kind: 'symbol', symbol };
    const digits = this.rtf.slice(this.at, this.at + 2);
    // Without two digits it stands for nothing.
    if (!/^[\da-f]{2}$/i.test(digits)) return { kind: 'symbol', symbol };
    this.at += 2;
    return { kind: 'byte', byte: String.fromCharCode(Number.parseInt(digits, 16)) };
  }

  private word(): RtfToken {
    const word = this.takeWhile(isLetter, MAX_WORD_CHARS);
    const value = this.value();
    if (this.code === CODE.space) this.at++;
    if (word !== 'bin') return { kind: 'word', word, value };
    this.at += Math.max(0, value ?? 0);
    return { kind: 'binary' };
  }

  private value(): number | undefined {
    const isNegative = this.code === CODE.minus && isDigit(this.rtf.charCodeAt(this.at + 1));
    if (isNegative) this.at++;
    const digits = this.takeWhile(isDigit, MAX_DIGITS);
    if (digits === '') return undefined;
    return isNegative ? -Number(digits) : Number(digits);
  }
}
