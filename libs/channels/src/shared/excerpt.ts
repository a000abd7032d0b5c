import { MAX_EXCERPT_CHARS } from '@app/contracts';
import { cleanText } from '@app/kernel';

const ELLIPSIS = '…';
/** What is read of a text to make its excerpt: blanks fall away from it. */
const READ_CHARS = 4 * MAX_EXCERPT_CHARS;

/**
 * How a post begins, in one line of at most {@link MAX_EXCERPT_CHARS}, fit to be stored. A word is not cut when it can be helped.
 *
 * @returns undefined when there are no words
 */
export function excerptOf(text: string | undefined): string | undefined {
  const read = cleanText(text ?? '', { nul: 'remove', maxChars: READ_CHARS });
  const line = read.text.replace(/\s+/g, ' ').trim();
  if (line === '') return undefined;
  if (line.length <= MAX_EXCERPT_CHARS && !read.truncated) return line;
  const room = MAX_EXCERPT_CHARS - ELLIPSIS.length;
  const { text: cut } = cleanText(line, { nul: 'remove', maxChars: room });
  const blank = line.length <= room ? -1 : cut.lastIndexOf(' ');
  return `${(blank > room / 2 ? cut.slice(0, blank) : cut).trimEnd()}${ELLIPSIS}`;
}
