/** One command line: its text, and the literals that stood where the text says `{n}`. */
export interface CommandLine {
  /** Bytes as latin1, without the line end; a literal is left as its announcement `{n}`. */
  readonly text: string;
  readonly literals: readonly Buffer[];
}

const ANNOUNCEMENT = /\{(\d{1,9})(\+?)\}$/;
const LONGEST_LINE = 65_536;

/**
 * Cuts a stream of bytes into command lines with literals (RFC 9051, section 4.3; RFC 7888 for `{n+}`).
 */
export class LineReader {
  private buffered = Buffer.alloc(0);
  private text = '';
  private literals: Buffer[] = [];
  private missingBytes = 0;

  /** @param invite called when the client waits for leave to send a literal */
  constructor(private readonly invite: () => void) {}

  /**
   * Takes bytes from the wire.
   *
   * @returns the lines that are complete now
   * @throws RangeError when a line does not end
   */
  push(chunk: Buffer): readonly CommandLine[] {
    this.buffered = Buffer.concat([this.buffered, chunk]);
    const lines: CommandLine[] = [];
    while (this.takeLiteral()) {
      const end = this.buffered.indexOf('\r\n');
      if (end < 0) break;
      const piece = this.buffered.toString('latin1', 0, end);
      this.text += piece;
      this.buffered = this.buffered.subarray(end + 2);
      // Only the new piece counts: the line so far may end with a literal that has been read already.
      const announced = ANNOUNCEMENT.exec(piece);
      if (announced === null) lines.push(this.finishLine());
      else this.expectLiteral(announced);
    }
    if (this.missingBytes === 0 && this.buffered.length > LONGEST_LINE) throw new RangeError('line too long');
    return lines;
  }

  /** @returns false while a literal is not complete */
  private takeLiteral(): boolean {
    if (this.missingBytes === 0) return true;
    if (this.buffered.length < this.missingBytes) return false;
    this.literals.push(Buffer.from(this.buffered.subarray(0, this.missingBytes)));
    this.buffered = this.buffered.subarray(this.missingBytes);
    this.missingBytes = 0;
    return true;
  }

  private expectLiteral([, size, plus]: RegExpExecArray): void {
    if (Number(size) === 0) this.literals.push(Buffer.alloc(0));
    this.missingBytes = Number(size);
    if (plus !== '+') this.invite();
  }

  private finishLine(): CommandLine {
    const line = { text: this.text, literals: this.literals };
    this.text = '';
    this.literals = [];
    return line;
  }
}
