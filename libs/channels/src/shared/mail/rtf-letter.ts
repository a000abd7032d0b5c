import { codePageOfCharset, decodeCodePage } from './code-page.js';
import { RtfScanner, type RtfToken } from './rtf-scanner.js';

/** The letter that some RTF holds: as HTML where a program wrapped HTML into it, else as plain text. */
export interface RtfLetter {
  readonly kind: 'html' | 'text';
  /** Not blank. */
  readonly text: string;
}

/** Deeper groups are made to keep us busy; what was read before them stands. */
const MAX_DEPTH = 1_000;
const MAX_FONTS = 4_096;
const DEFAULT_CODE_PAGE = 1_252;
const LINE = '\n';

/** Words that stand for text. */
const TEXT_OF_WORD: Readonly<Record<string, string>> = {
  par: LINE,
  line: LINE,
  sect: LINE,
  page: LINE,
  row: LINE,
  nestrow: LINE,
  tab: '\t',
  cell: '\t',
  nestcell: '\t',
  emdash: '\u2014',
  endash: '\u2013',
  emspace: '\u2003',
  enspace: '\u2002',
  qmspace: '\u2005',
  bullet: '\u2022',
  lquote: '\u2018',
  rquote: '\u2019',
  ldblquote: '\u201c',
  rdblquote: '\u201d',
  zwj: '\u200d',
  zwnj: '\u200c',
};
/** Symbols that stand for text; an optional hyphen (`\-`) and marks of an index stand for none. */
const TEXT_OF_SYMBOL: Readonly<Record<string, string>> = {
  '\\': '\\',
  '{': '{',
  '}': '}',
  '~': '\u00a0',
  _: '\u2011',
  '\n': LINE,
  '\r': LINE,
};
/** Groups whose text nobody wrote to be read; so is every one marked `\*` that is not known. */
const UNSEEN = new Set(
  (
    'fonttbl colortbl stylesheet info pict nonshppict filetbl private comment xe tc rxe txe bkmkstart bkmkend ' +
    'header headerl headerr headerf footer footerl footerr footerf ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn ' +
    'fldinst objdata datafield themedata colorschememapping latentstyles listtable listoverridetable revtbl'
  ).split(' '),
);

/** What a group hands on to the groups within it. */
interface GroupState {
  /** Nothing of it is read. */
  readonly unseen: boolean;
  /** It lists the fonts. */
  readonly fontTable: boolean;
  /** It holds a piece of the HTML as it stands. */
  readonly tag: boolean;
  /** RTF that a program added to HTML for those who read RTF. */
  readonly added: boolean;
  readonly font: number | undefined;
  /** For how many characters `\u` is written again, for those who do not know it. */
  readonly fallbackChars: number;
}

const OUTSIDE: GroupState = {
  unseen: false,
  fontTable: false,
  tag: false,
  added: false,
  font: undefined,
  fallbackChars: 1,
};

/** Gathers text; bytes wait until it is known that no further byte belongs to their character. */
class LetterText {
  private readonly pieces: string[] = [];
  /** Characters are bytes. */
  private waiting = '';
  private codePage = DEFAULT_CODE_PAGE;
  private chars = 0;

  /** About how many characters there are. */
  get length(): number {
    return this.chars + this.waiting.length;
  }

  /** @param bytes characters are bytes */
  addBytes(bytes: string, codePage: number): void {
    if (codePage !== this.codePage) this.settle();
    this.codePage = codePage;
    this.waiting += bytes;
  }

  add(text: string): void {
    this.settle();
    this.pieces.push(text);
    this.chars += text.length;
  }

  /** Lone halves of characters, as in a letter that is cut, become U+FFFD. */
  toString(): string {
    this.settle();
    return this.pieces.join('').toWellFormed();
  }

  private settle(): void {
    if (this.waiting === '') return;
    const text = decodeCodePage(Buffer.from(this.waiting, 'latin1'), this.codePage);
    this.pieces.push(text);
    this.chars += text.length;
    this.waiting = '';
  }
}

/** Reads a letter token by token. One instance for one letter. */
class LetterReader {
  kind: RtfLetter['kind'] = 'text';
  readonly text = new LetterText();
  private isEncapsulated = false;
  private readonly outer: GroupState[] = [];
  private group = OUTSIDE;
  /** What may still name the group: nothing stands before it, or only `\*`. */
  private begins: 'no' | 'plain' | 'starred' = 'no';
  /** Characters that repeat the last `\u`. */
  private repeated = 0;
  private codePage = DEFAULT_CODE_PAGE;
  private defaultFont: number | undefined;
  private readonly codePageOfFont = new Map<number, number>();

  /** @returns false when the letter is over */
  take(token: RtfToken): boolean {
    const { begins } = this;
    if (token.kind !== 'open') this.begins = 'no';
    switch (token.kind) {
      case 'open':
        return this.open();
      case 'close':
        return this.close();
      case 'word':
        this.word(token.word, token.value, begins);
        return true;
      case 'symbol':
        if (token.symbol === '*' && begins === 'plain') this.begins = 'starred';
        else this.show(TEXT_OF_SYMBOL[token.symbol]);
        return true;
      case 'byte':
        if (!this.isRepeat() && this.isShown()) this.text.addBytes(token.byte, this.currentCodePage());
        return true;
      case 'text':
        this.plain(token.bytes);
        return true;
      case 'binary':
        this.isRepeat();
        return true;
    }
  }

  private open(): boolean {
    this.repeated = 0;
    this.begins = 'plain';
    this.outer.push(this.group);
    return this.outer.length <= MAX_DEPTH;
  }

  private close(): boolean {
    this.repeated = 0;
    this.group = this.outer.pop() ?? OUTSIDE;
    return this.outer.length > 0;
  }

  private plain(bytes: string): void {
    const skipped = Math.min(this.repeated, bytes.length);
    this.repeated -= skipped;
    if (skipped < bytes.length && this.isShown()) this.text.addBytes(bytes.slice(skipped), this.currentCodePage());
  }

  private word(word: string, value: number | undefined, begins: 'no' | 'plain' | 'starred'): void {
    if (begins !== 'no' && this.name(word, begins === 'starred')) return;
    if (this.group.unseen && !this.group.fontTable) return;
    switch (word) {
      case 'u':
        this.unicode(value ?? 0);
        return;
      case 'uc':
        this.change({ fallbackChars: Math.max(0, value ?? 1) });
        return;
      case 'ansicpg':
        this.codePage = value ?? DEFAULT_CODE_PAGE;
        return;
      case 'fromhtml':
        if (value !== 0) this.encapsulates('html');
        return;
      case 'fromtext':
        this.encapsulates('text');
        return;
      case 'htmlrtf':
        this.change({ added: value !== 0 });
        return;
      case 'deff':
        this.defaultFont = value;
        return;
      case 'plain':
        this.change({ font: undefined });
        return;
      case 'f':
        this.change({ font: value });
        return;
      case 'fcharset':
      case 'cpg':
        this.describeFont(word === 'cpg' ? value : codePageOfCharset(value ?? 1));
        return;
      default:
        this.show(TEXT_OF_WORD[word]);
    }
  }

  /** The first word of a group may say what it is for. @returns whether it did */
  private name(word: string, starred: boolean): boolean {
    if (word === 'htmltag' && starred && this.kind === 'html') {
      this.change({ tag: true });
      return true;
    }
    if (!starred && !UNSEEN.has(word)) return false;
    this.change({ unseen: true, fontTable: word === 'fonttbl' });
    return true;
  }

  private change(part: Partial<GroupState>): void {
    this.group = { ...this.group, ...part };
  }

  /** The first statement counts; it stands at the head, before anything is shown. */
  private encapsulates(kind: RtfLetter['kind']): void {
    if (!this.isEncapsulated) this.kind = kind;
    this.isEncapsulated = true;
  }

  private describeFont(codePage: number | undefined): void {
    const { fontTable, font } = this.group;
    if (!fontTable || font === undefined || codePage === undefined) return;
    if (this.codePageOfFont.size < MAX_FONTS) this.codePageOfFont.set(font, codePage);
  }

  /** Pieces of HTML are in the code page of the document, words in that of their font. */
  private currentCodePage(): number {
    const font = this.group.font ?? this.defaultFont;
    if (this.group.tag || font === undefined) return this.codePage;
    return this.codePageOfFont.get(font) ?? this.codePage;
  }

  private isShown(): boolean {
    const { unseen, added } = this.group;
    return !unseen && !(added && this.kind === 'html');
  }

  private isRepeat(): boolean {
    if (this.repeated === 0) return false;
    this.repeated--;
    return true;
  }

  private show(text: string | undefined): void {
    if (text !== undefined && !this.isRepeat() && this.isShown()) this.text.add(text);
  }

  /** A unit of UTF-16, which is written as a signed number; the repeats of what stood before it end here. */
  private unicode(value: number): void {
    this.repeated = this.group.fallbackChars;
    if (this.isShown()) this.text.add(String.fromCharCode(value & 0xffff));
  }
}

/**
 * Text of RTF: letters in Unicode (`\u`, without what `\uc` says repeats them), in the code page of the document or of their
 * font. What is HTML or text wrapped in RTF comes out as it was; of other RTF come its words and line breaks. Pure,
 * linear, never throws; of RTF that is cut or broken comes what stands before that.
 *
 * @param maxChars about how much text is read; what follows is left out
 * @returns undefined when it is no RTF or holds no words
 * @see MS-OXRTFEX; Rich Text Format Specification 1.9.1
 */
export function readRtf(rtf: Buffer, maxChars: number): RtfLetter | undefined {
  const source = rtf.toString('latin1');
  if (!/^\s{0,10}\{\\rtf/.test(source)) return undefined;
  const scanner = new RtfScanner(source);
  const reader = new LetterReader();
  for (let token = scanner.next(); token !== undefined && reader.text.length < maxChars; token = scanner.next()) {
    if (!reader.take(token)) break;
  }
  const text = reader.text.toString().slice(0, maxChars);
  return text.trim() === '' ? undefined : { kind: reader.kind, text };
}
