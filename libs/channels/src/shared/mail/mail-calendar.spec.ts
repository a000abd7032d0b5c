import { readCalendar, titleOf } from './mail-calendar.js';

const invitation = (lines: readonly string[]): Buffer =>
  Buffer.from(['BEGIN:VCALENDAR', 'METHOD:REQUEST', ...lines, 'END:VCALENDAR'].join('\r\n'));

describe('what an invitation is about', () => {
  it('reads method, matter, time and place, unfolded and unescaped', () => {
    const bytes = invitation([
      'BEGIN:VTIMEZONE',
      'TZID:Asia/Ho_Chi_Minh',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'END:STANDARD',
      'END:VTIMEZONE',
      'BEGIN:VEVENT',
      'DTSTART;TZID="Asia/Ho_Chi_Minh":20260304T090000',
      'SUMMARY;LANGUAGE=vi:Chốt mẫu áo dài\\, vòng',
      '  hai',
      'LOCATION:Phòng 3',
      'BEGIN:VALARM',
      'SUMMARY:chuông',
      'END:VALARM',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'SUMMARY:khác',
      'END:VEVENT',
    ]);
    expect(readCalendar(bytes)).toEqual({
      method: 'REQUEST',
      summary: 'Chốt mẫu áo dài, vòng hai',
      start: '2026-03-04 09:00 Asia/Ho_Chi_Minh',
      location: 'Phòng 3',
    });
    expect(titleOf(readCalendar(bytes))).toBe(
      'REQUEST: Chốt mẫu áo dài, vòng hai, 2026-03-04 09:00 Asia/Ho_Chi_Minh, Phòng 3',
    );
  });

  it.each([
    ['DTSTART:20260304T020000Z', '2026-03-04 02:00 UTC'],
    ['DTSTART;VALUE=DATE:20260304', '2026-03-04'],
    ['DTSTART:hôm nào đó', 'hôm nào đó'],
  ])('writes %s as people do', (line, start) => {
    expect(readCalendar(invitation(['BEGIN:VEVENT', line, 'END:VEVENT'])).start).toBe(start);
  });

  it.each([[''], ['không phải lịch'], ['BEGIN:VEVENT\nEND:VEVENT\nEND:VEVENT'], [`SUMMARY:${'x;'.repeat(100_000)}`]])(
    'makes nothing of what is no invitation',
    (text) => {
      expect(titleOf(readCalendar(Buffer.from(text)))).toBeUndefined();
    },
  );
});
