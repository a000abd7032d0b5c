/** A string argument as the server writes it: NIL, quoted, or a literal where quoting is not possible. Latin1 bytes. */
export function wireString(text: string | undefined): string {
  if (text === undefined) return 'NIL';
  if (!/^[ -~]*$/.test(text)) return `{${Buffer.byteLength(text, 'latin1')}}\r\n${text}`;
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** INTERNALDATE in UTC, for example `"20-Nov-2026 08:15:02 +0000"`. */
export function wireDate(date: Date): string {
  const [day, time] = [String(date.getUTCDate()).padStart(2, ' '), date.toISOString().slice(11, 19)];
  return `"${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000"`;
}

/** Reads `20-Nov-2026` or `20-Nov-2026 08:15:02 +0700`; undefined when it is neither. */
export function readWireDate(text: string): Date | undefined {
  const [, day, month = '', year, time = '00:00:00', zone = '+0000'] =
    /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4})(?: (\d\d:\d\d:\d\d) ([+-]\d{4}))?$/.exec(text) ?? [];
  const index = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase());
  if (day === undefined || index < 0) return undefined;
  const iso = `${year}-${String(index + 1).padStart(2, '0')}-${day.padStart(2, '0')}T${time}`;
  return new Date(`${iso}${zone.slice(0, 3)}:${zone.slice(3)}`);
}
