import type { CommandLine } from './line-reader.js';

/** An argument of a command: an atom or quoted string, a literal, or a list in parentheses. */
export type Token = string | Buffer | readonly Token[];

/** The command of a line. */
export interface Command {
  readonly tag: string;
  /** Upper case, with `UID ` before it where the client asked for it. */
  readonly name: string;
  readonly args: readonly Token[];
}

/** Text of an argument; a literal is read as UTF-8, a list is empty. */
export function textOf(token: Token | undefined): string {
  if (typeof token === 'string') return token;
  return Buffer.isBuffer(token) ? token.toString('utf8') : '';
}

class Scanner {
  private at = 0;
  private literal = 0;

  constructor(private readonly line: CommandLine) {}

  /** Reads arguments up to the closing parenthesis or the end. */
  list(): Token[] {
    const tokens: Token[] = [];
    for (;;) {
      while (this.line.text[this.at] === ' ') this.at += 1;
      const next = this.line.text[this.at];
      if (next === undefined) return tokens;
      this.at += next === ')' || next === '(' || next === '"' ? 1 : 0;
      if (next === ')') return tokens;
      tokens.push(next === '(' ? this.list() : next === '"' ? this.quoted() : this.atomOrLiteral());
    }
  }

  private quoted(): string {
    let text = '';
    for (; this.at < this.line.text.length && this.line.text[this.at] !== '"'; this.at += 1) {
      if (this.line.text[this.at] === '\\') this.at += 1;
      text += this.line.text[this.at] ?? '';
    }
    this.at += 1;
    return Buffer.from(text, 'latin1').toString('utf8');
  }

  /** A section such as `BODY.PEEK[HEADER.FIELDS (SUBJECT)]<0.100>` is one atom, blanks and parentheses included. */
  private atomOrLiteral(): Token {
    const rest = this.line.text.slice(this.at);
    const atom = /^(?:[^\s()"[{]|\[[^\]]*\]|\{\d+\+?\})+/.exec(rest)?.[0] ?? rest[0] ?? '';
    this.at += Math.max(1, atom.length);
    if (!/^\{\d+\+?\}$/.test(atom)) return atom;
    const bytes = this.line.literals[this.literal] ?? Buffer.alloc(0);
    this.literal += 1;
    return bytes;
  }
}

/** Reads a command; undefined for a line without tag and name. */
export function parseCommand(line: CommandLine): Command | undefined {
  const [tag, name, ...args] = new Scanner(line).list();
  if (typeof tag !== 'string' || typeof name !== 'string') return undefined;
  const upper = name.toUpperCase();
  if (upper !== 'UID') return { tag, name: upper, args };
  return { tag, name: `UID ${textOf(args[0]).toUpperCase()}`, args: args.slice(1) };
}
