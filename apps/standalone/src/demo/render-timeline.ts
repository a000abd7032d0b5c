import type { Paint } from './paint.js';
import type { SeenEntry } from './seen-entry.js';

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
};
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

/** What customers write must not command the terminal: control characters are shown as a replacement character. */
const harmless = (text: string): string => text.replace(/\p{Cc}/gu, '\uFFFD');

const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh', ...options });
const clock = format({ hour: '2-digit', minute: '2-digit', hour12: false });
const calendar = format({ weekday: 'long', day: '2-digit', month: '2-digit', year: 'numeric' });

function words(entry: SeenEntry): string {
  if (entry.state === 'deleted_by_sender') return '[Tin đã thu hồi]';
  const { type = 'text', text = '', subject } = entry.content ?? {};
  const files = entry.attachments.flatMap(({ filename }) => (filename === undefined ? [] : `[📎 ${filename}]`));
  const title = subject === undefined ? [] : [`“${subject}”`];
  const kind = KINDS[type];
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

function line(entry: SeenEntry, paint: Paint): string {
  const time = clock.format(new Date(entry.occurred_at));
  const channel = `${CHANNELS[entry.channel] ?? entry.channel} · ${entry.account_id}`.padEnd(CHANNEL_WIDTH);
  const isOurs = entry.direction === 'outbound';
  const text = entry.state === 'visible' ? words(entry) : paint.dim(words(entry));
  const notes = marks(entry)
    .map((mark) => paint.accent(mark))
    .join('  ');
  const arrow = isOurs ? paint.good('←') : '→';
  return `  ${time}  ${paint.dim(channel)} ${arrow} ${text}${notes === '' ? '' : `   ${notes}`}`;
}

/** Writes a timeline as a person reads it: a head, then each day with its entries in order of time. */
export function renderTimeline({ reference, name, entries }: TimelineView, paint: Paint): string {
  const channels = [...new Set(entries.map(({ channel }) => CHANNELS[channel] ?? channel))].join(', ');
  const lines = [
    paint.bold(`${harmless(name)}  ${reference}`) + paint.dim(`  ${channels} · ${entries.length} entries`),
  ];
  let day = '';
  for (const entry of entries) {
    const date = calendar.format(new Date(entry.occurred_at));
    if (date !== day) lines.push(paint.dim(`  ── ${date} ──`));
    day = date;
    lines.push(line(entry, paint));
  }
  return `${lines.join('\n')}\n`;
}
