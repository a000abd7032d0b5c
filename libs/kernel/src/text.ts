/** Options of {@link cleanText}. */
export interface CleanTextOptions {
  /** What becomes of U+0000, which PostgreSQL refuses: chat providers' rules say `replace`, mail and SMS `remove`. */
  readonly nul: 'replace' | 'remove';
  /** Longest result in UTF-16 units; a longer text is cut, never within a surrogate pair. */
  readonly maxChars?: number;
}

/** Text that is safe to store and compare, and whether it had to be cut. */
export interface CleanText {
  readonly text: string;
  readonly truncated: boolean;
}

/**
 * Makes text from outside safe: NFC (Vietnamese often arrives decomposed), lone surrogates to U+FFFD, U+0000 by
 * choice, line ends to LF. Joiners stay, because emoji need them.
 */
export function cleanText(input: string, options: CleanTextOptions): CleanText {
  const text = input
    .replaceAll('\u0000', options.nul === 'remove' ? '' : '\uFFFD')
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .normalize('NFC');
  const max = options.maxChars ?? Number.POSITIVE_INFINITY;
  return text.length <= max ? { text, truncated: false } : { text: text.slice(0, max).toWellFormed(), truncated: true };
}

/** Makes an identifier from outside storable without changing a well-formed one; case and form are kept. */
export function cleanIdentifier(input: string): string {
  if (input.isWellFormed() && !input.includes('\u0000')) return input;
  return input.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/**
 * Folds text for search: NFC letters lose their marks and case, đ becomes d, blanks collapse.
 *
 * `Trần Thị Bưởi` and `tran thi  buoi` fold to the same string.
 */
export function foldText(input: string): string {
  return input
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}
