/**
 * Writes JSON as Meta does: every UTF-16 unit outside ASCII as `\u` and four lower-case digits, every slash as `\/`.
 * A receiver that parses and writes it again has other bytes, and another signature.
 */
export function metaJson(value: unknown): Buffer {
  const text = JSON.stringify(value)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\/');
  return Buffer.from(text, 'ascii');
}
