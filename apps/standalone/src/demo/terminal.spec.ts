import { flowBetween, inFlight, readFlow } from './flow-metrics.js';
import { createPaint } from './paint.js';
import { ProgressLine } from './progress-line.js';
import { isGoodDay, renderSummary, type DaySummary } from './render-summary.js';
import { renderTimeline } from './render-timeline.js';
import type { SeenEntry } from './seen-entry.js';
import { isInOrder } from './show-timelines.js';

const plain = createPaint(false);
const anEntry = (more: Partial<SeenEntry> = {}): SeenEntry => ({
  entry_id: 'ent_1',
  revision: 1,
  direction: 'inbound',
  channel: 'zalo',
  account_id: 'oa-shop',
  occurred_at: '2026-11-20T01:02:00.000Z',
  state: 'visible',
  content: { type: 'text', text: 'Chào shop\nạ' },
  attachments: [],
  provider: { message_id: '1' },
  reactions: [],
  flags: [],
  ...more,
});

describe('ProgressLine', () => {
  function written(isTTY: boolean): { texts: string[]; line: ProgressLine } {
    const texts: string[] = [];
    return { texts, line: new ProgressLine({ isTTY, columns: 60, write: (text) => texts.push(text) }) };
  }

  it('writes over its line on a terminal and leaves it at the end', () => {
    const { texts, line } = written(true);
    line.show(0.5, '13:00');
    line.show(0.5, '13:00');
    line.show(1, '21:30');
    line.finish();
    expect(texts).toEqual([
      `\r\u001b[2K${'█'.repeat(12)}${'░'.repeat(12)}  50 %  13:00`,
      `\r\u001b[2K${'█'.repeat(24)} 100 %  21:30`,
      '\n',
    ]);
  });

  it('writes a plain line every ten percent elsewhere', () => {
    const { texts, line } = written(false);
    for (const done of [0.1, 0.12, 0.19, 0.2, 1, 1]) line.show(done, 'x');
    line.finish();
    expect(texts).toEqual([' 10 %  x\n', ' 20 %  x\n', '100 %  x\n']);
  });

  it('never breaks a line in two', () => {
    const { texts, line } = written(true);
    line.show(0, 'y'.repeat(200));
    expect(texts[0]?.replace('\r\u001b[2K', '')).toHaveLength(59);
  });
});

describe('renderTimeline', () => {
  it('shows head, day in Viet Nam, side, text and marks', () => {
    const entries = [
      anEntry(),
      anEntry({
        direction: 'outbound',
        content: { type: 'text', text: 'Dạ' },
        delivery: { status: 'read' },
        reactions: [{ emoji: '❤' }],
      }),
      anEntry({ occurred_at: '2026-11-20T17:30:00.000Z', state: 'deleted_by_sender', flags: ['late'] }),
      anEntry({
        occurred_at: '2026-11-20T17:31:00.000Z',
        content: { type: 'image' },
        edited_at: '2026-11-20T17:32:00.000Z',
      }),
    ];
    expect(
      renderTimeline({ reference: 'KH-200019', name: 'Trần Thị Bưởi', entries }, plain, Infinity).split('\n'),
    ).toEqual([
      'Trần Thị Bưởi  KH-200019  Zalo · 4 entries',
      '  ── Thứ Sáu, 20/11/2026 ──',
      '  08:02  Zalo · oa-shop           → Chào shop ⏎ ạ',
      '  08:02  Zalo · oa-shop           ← Dạ   ❤  ✓✓ read',
      '  ── Thứ Bảy, 21/11/2026 ──',
      '  00:30  Zalo · oa-shop           → [Tin đã thu hồi]   came late',
      '  00:31  Zalo · oa-shop           → [Hình ảnh]   edited 00:32',
      '',
    ]);
  });

  it('cannot be made to command the terminal by what customers write', () => {
    const entry = anEntry({ content: { type: 'text', text: 'a\u001b[2Jb\u0007\u202Ec' } });
    const text = renderTimeline({ reference: 'KH-1', name: 'x\u001b]0;y', entries: [entry] }, plain, Infinity);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202E]/u);
  });
});

describe('isInOrder', () => {
  const at = (...times: string[]): boolean =>
    isInOrder({ reference: 'KH-1', name: 'x', entries: times.map((time) => anEntry({ occurred_at: time })) });

  it('wants the order of time, whatever the precision', () => {
    expect(at('2026-11-20T01:00:00Z', '2026-11-20T01:00:00.000Z', '2026-11-20T01:00:00.001Z')).toBe(true);
    expect(at('2026-11-20T01:00:01.000Z', '2026-11-20T01:00:00.000Z')).toBe(false);
  });
});

describe('a narrow terminal', () => {
  const textOf = (text: string, more: Partial<SeenEntry> = {}): string[] => {
    const entries = [anEntry({ content: { type: 'text', text }, ...more })];
    return renderTimeline({ reference: 'KH-1', name: 'x', entries }, plain, 70).split('\n').slice(2, -1);
  };
  const indent = ' '.repeat(36);

  it('continues a long text below its beginning', () => {
    expect(textOf('Cho em hỏi mẫu áo dài này còn màu đỏ không ạ')).toEqual([
      '  08:02  Zalo · oa-shop           → Cho em hỏi mẫu áo dài này còn',
      `${indent}màu đỏ không ạ`,
    ]);
  });

  it('puts marks below a text that leaves them no room', () => {
    expect(textOf('Cho em hỏi mẫu áo dài này còn', { flags: ['late'] }).at(-1)).toBe(`${indent}came late`);
  });

  it('leaves a word that is longer than the line whole', () => {
    const link = `https://shop.example.vn/${'a'.repeat(40)}`;
    expect(textOf(`xem ${link}`).map((part) => part.trim())).toContain(link);
  });
});

describe('summary and metrics', () => {
  const metrics = [
    'omniline_events_accepted_total{channel="sms",account="a"} 5',
    'omniline_events_accepted_total{channel="zalo",account="b"} 7',
    'omniline_unifier_events_total{channel="sms",account="a",outcome="entry"} 4',
    'omniline_unifier_events_total{channel="sms",account="a",outcome="change"} 2',
    'omniline_unifier_events_total{channel="zalo",account="b",outcome="repeat"} 3',
    'omniline_dead_letters_total{service="unifier",code="internal"} 1',
    'omniline_dead_letters_total{service="chat",code="decode_failed"} 9',
  ].join('\n');
  const flow = readFlow(metrics);
  const goodDay: DaySummary = {
    tally: { requests: 10, copies: 2, elements: 9, attempts: 13, mails: 1, refused: 1, unanswered: 0 },
    forged: 1,
    flow,
    entries: 8,
    expected: 8,
    customers: 3,
    ledger: { missing: [], doubled: [], wrong: [], smuggled: [], unexpected: [] },
    notOnTimeline: [],
    disordered: [],
    parted: [],
  };

  it('reads what was accepted and what became of it', () => {
    expect(flow).toEqual({ accepted: 12, entries: 4, changes: 2, repeats: 3, deadLetters: 1 });
    expect(inFlight(flow)).toBe(2);
    expect(flowBetween(flow, flow)).toEqual({ accepted: 0, entries: 0, changes: 0, repeats: 0, deadLetters: 0 });
  });

  it('says so when all is well', () => {
    expect(isGoodDay(goodDay)).toBe(true);
    expect(renderSummary(goodDay, plain)).toContain('Nothing lost, nothing doubled, everything in its order.');
    expect(renderSummary(goodDay, plain)).toContain('5 (2 copies, 3 after a lost answer)');
  });

  it.each<[string, Partial<DaySummary>, string]>([
    ['something is lost', { ledger: { ...goodDay.ledger, missing: ['fb-shop m_1'] } }, 'fb-shop m_1'],
    ['something is doubled', { ledger: { ...goodDay.ledger, doubled: ['fb-shop m_1'] } }, 'doubled'],
    ['a forgery was not refused', { forged: 2 }, 'refused 1, forged 2'],
    ['a request was never acknowledged', { tally: { ...goodDay.tally, unanswered: 1 } }, 'never acknowledged: 1'],
    ['a timeline is in another order', { disordered: ['KH-200019'] }, 'KH-200019'],
    ['one person stands on two timelines', { parted: ['regular'] }, 'regular'],
    ['an entry is on no timeline', { notOnTimeline: ['ent_1'] }, 'ent_1'],
  ])('does not when %s', (_label, more, shown) => {
    expect(isGoodDay({ ...goodDay, ...more })).toBe(false);
    const text = renderSummary({ ...goodDay, ...more }, plain);
    expect(text).toContain(shown);
    expect(text).not.toContain('Nothing lost');
  });
});
