import { compile } from 'html-to-text';
import { MAX_HTML_CHARS, type ParsedMime } from './parse-mime.js';
import { stripTags } from './strip-tags.js';

/** Text of a mail and where it came from. */
export interface MailText {
  readonly text: string;
  readonly source: 'plain' | 'html' | 'none';
  /** Part of the HTML was too long to be turned into text. */
  readonly truncated: boolean;
}

const heading = (level: number) => ({ selector: `h${level}`, options: { uppercase: false } });

/** What clients put the mail into that is answered; they are shown as quotes, whatever introduces them. */
const QUOTES = [
  'div.gmail_quote',
  'div.gmail_quote_container',
  'div.yahoo_quoted',
  'div.protonmail_quote',
  'div.zmail_extra',
  'div#OLK_SRC_BODY_SECTION',
];

const toText = compile({
  wordwrap: false,
  limits: { maxDepth: 200, maxInputLength: MAX_HTML_CHARS },
  formatters: {
    bracketedAlternative: (element, _walk, builder) => {
      const alternative = element.attribs?.['alt']?.trim();
      if (alternative) builder.addInline(`[${alternative}]`, { noWordTransform: true });
    },
  },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true, linkBrackets: ['(', ')'] } },
    { selector: 'img', format: 'bracketedAlternative' },
    { selector: 'p', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    ...QUOTES.map((selector) => ({ selector, format: 'blockquote' })),
    { selector: 'style', format: 'skip' },
    { selector: 'script', format: 'skip' },
    { selector: 'head', format: 'skip' },
    ...[1, 2, 3, 4, 5, 6].map(heading),
  ],
});

/** With more tags than this the converter takes seconds; a long newsletter has a few thousand. */
const MAX_TAGS = 10_000;

function hasTooManyTags(html: string): boolean {
  let tags = 0;
  for (let at = html.indexOf('<'); at >= 0 && tags <= MAX_TAGS; at = html.indexOf('<', at + 1)) tags++;
  return tags > MAX_TAGS;
}

/**
 * Text of an HTML part: blocks on lines of their own, links as `text (url)` where they differ, images as `[alt]`,
 * quotes behind `> `. Broken HTML gives what can be read of it.
 */
export function htmlToPlainText(html: string): string {
  const start = html.slice(0, MAX_HTML_CHARS);
  if (hasTooManyTags(start)) return stripTags(start);
  try {
    return toText(start).trim();
  } catch {
    // The converter gives up on HTML that is nested absurdly deep; tags cut out is still better than nothing.
    return stripTags(start);
  }
}

const STUB =
  /^\W{0,20}(this (e-?mail|message) (contains|is in|was sent in|requires) html|your (e-?mail|mail) (client|reader|program) (does not|doesn't|cannot|can't)|to view this (e-?mail|message))/i;
/** A plain part shorter than this share of the HTML's text says only that there is HTML. */
const STUB_SHARE = 0.05;

function isStub(plain: string, html: string): boolean {
  if (STUB.test(plain)) return true;
  if (plain.length >= html.length * STUB_SHARE) return false;
  return plain.length < htmlToPlainText(html).length * STUB_SHARE;
}

/**
 * Chooses the text of a mail: the plain part, unless it is blank or a stub; then what the HTML says.
 *
 * @see docs/channels/email.md, "Which text"
 */
export function chooseMailText(mime: ParsedMime): MailText {
  const plain = (mime.text ?? '').trim();
  const html = mime.html ?? '';
  const truncated = html.length > MAX_HTML_CHARS;
  if (mime.hasPlainText && plain !== '' && (html === '' || !isStub(plain, html))) {
    return { text: plain, source: 'plain', truncated: false };
  }
  if (html.trim() !== '') return { text: htmlToPlainText(html), source: 'html', truncated };
  return { text: plain, source: plain === '' ? 'none' : 'plain', truncated: false };
}
