import type { Paint } from './paint.js';
import type { SeenEntry } from './seen-entry.js';
import { wrapText } from './wrap-text.js';

/** A customer's timeline as it is to be shown. */
export interface TimelineView {
  /** `KH-…` */
  readonly reference: string;
  readonly name: string;
  /** Oldest first. */
  readonly entries: readonly SeenEntry[];
}

const CHANNELS: Readonly<Record<string, string>> = {
  messenger: 'Messenger',
  zalo: 'Zalo',
  sms: 'SMS',
  facebook_comment: 'Comment',
  email: 'E-mail',
  whatsapp: 'WhatsApp',
  voice: 'Call',
  order: 'Order',
  visit: 'Visit',
  webform: 'Form',
};
/** Channels whose entries are events: their text says what happened. */
const EVENTFUL = new Set(['voice', 'order', 'visit']);
const KINDS: Readonly<Record<string, string>> = {
  image: '[Hình ảnh]',
  sticker: '[Sticker]',
  location: '[Vị trí]',
  file: '[Tệp]',
  contact: '[Thông tin liên hệ]',
  system: '[Bắt đầu theo dõi]',
  unsupported: '[Nội dung không hiển thị được]',
};
const CHANNEL_WIDTH = 24;
/** Columns before the text of an entry: margin, time, gap, channel, arrow. */
const INDENT = 2 + 5 + 2 + CHANNEL_WIDTH + 3;
const NARROWEST = 30;
/** Kept free at the right, for emoji that are drawn wider than they count. */
const MARGIN = 4;

/**
 * What customers write must not command the terminal: control characters and those that turn the direction of writing
 * are shown as a replacement character.
 */
const harmless = (text: string): string => text.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD');

const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh', ...options });
const clock = format({ hour: '2-digit', minute: '2-digit', hour12: false });
const calendar = format({ weekday: 'long', day: '2-digit', month: '2-digit', year: 'numeric' });

function words(entry: SeenEntry): string {
  if (entry.state === 'deleted_by_sender') return '[Tin đã thu hồi]';
  const { type = 'text', text: whole = '', visible_text: text = whole, subject } = entry.content ?? {};
  const files = entry.attachments.flatMap(({ filename }) => (filename === undefined ? [] : `[📎 ${filename}]`));
  const title = subject === undefined ? [] : [`“${subject}”`];
  const kind = EVENTFUL.has(entry.channel) ? undefined : KINDS[type];
  const parts = [...title, ...(kind === undefined ? [] : [kind]), text.replace(/\s*\n\s*/g, ' ⏎ '), ...files];
  return harmless(parts.filter((part) => part !== '').join(' '));
}

function marks(entry: SeenEntry): readonly string[] {
  return [
    ...(entry.edited_at === undefined || entry.state !== 'visible'
      ? []
      : [`edited ${clock.format(new Date(entry.edited_at))}`]),
    ...entry.reactions.map(({ emoji, reaction }) => harmless(emoji ?? reaction ?? 'reaction')),
    ...(entry.delivery === undefined
      ? []
      : [entry.delivery.status === 'read' ? '✓✓ read' : `✓ ${entry.delivery.status}`]),
    ...(entry.flags.includes('late') ? ['came late'] : []),
    ...(entry.flags.includes('clock_adjusted') ? ['time of arrival'] : []),
  ];
}

/** Text and marks of an entry, broken to the width; the marks go to the last line, or below it. */
function body(entry: SeenEntry, paint: Paint, widthChars: number): readonly string[] {
  const plain = wrapText(words(entry), widthChars);
  const notes = marks(entry);
  const text = entry.state === 'visible' ? [...plain] : plain.map((part) => paint.dim(part));
  if (notes.length === 0) return text;
  const painted = notes.map((mark) => paint.accent(mark)).join('  ');
  const fits = [...`${plain.at(-1)}   ${notes.join('  ')}`].length <= widthChars;
  return fits ? [...text.slice(0, -1), `${text.at(-1)}   ${painted}`] : [...text, painted];
}

function line(entry: SeenEntry, paint: Paint, columns: number): string {
  const time = clock.format(new Date(entry.occurred_at));
  const channel = `${CHANNELS[entry.channel] ?? entry.channel} · ${entry.account_id}`.padEnd(CHANNEL_WIDTH);
  const arrow = entry.direction === 'outbound' ? paint.good('←') : '→';
  const text = body(entry, paint, Math.max(NARROWEST, columns - INDENT - MARGIN));
  return `  ${time}  ${paint.dim(channel)} ${arrow} ${text.join(`\n${' '.repeat(INDENT)}`)}`;
}

/**
 * Writes a timeline as a person reads it: a head, then each day with its entries in order of time.
 *
 * @param columns width of the terminal; Infinity breaks no line
 */
export function renderTimeline({ reference, name, entries }: TimelineView, paint: Paint, columns: number): string {
  const channels = [...new Set(entries.map(({ channel }) => CHANNELS[channel] ?? channel))].join(', ');
  const lines = [
    paint.bold(`${harmless(name)}  ${reference}`) + paint.dim(`  ${channels} · ${entries.length} entries`),
  ];
  let day = '';
  for (const entry of entries) {
    const date = calendar.format(new Date(entry.occurred_at));
    if (date !== day) lines.push(paint.dim(`  ── ${date} ──`));
    day = date;
    lines.push(line(entry, paint, columns));
  }
  return `${lines.join('\n')}\n`;
}
