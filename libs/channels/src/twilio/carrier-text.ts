const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const SHORTEST_CHARS = 60;
const PRINTABLE_SHARE = 0.9;

/** Bytes without a character that the carrier cut in two at the very end. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}

function decodeUtf8(bytes: Buffer): string | undefined {
  const text = withoutCutCharacter(bytes).toString('utf8');
  return text.includes('\uFFFD') ? undefined : text;
}

/**
 * Undoes what some carriers do to long messages: they hand over base64 of the text.
 *
 * @returns the text; undefined when the body is no such thing, so that an ordinary long word is left alone
 * @see docs/channels/twilio.md, "Long messages"
 */
export function decodeCarrierText(body: string): string | undefined {
  if (body.length < SHORTEST_CHARS || body.length % 4 !== 0 || !BASE64.test(body)) return undefined;
  const text = decodeUtf8(Buffer.from(body, 'base64'));
  if (text === undefined || text === '') return undefined;
  const printable = text.match(/[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\n\r\t\u200d]/gu)?.length ?? 0;
  return printable >= [...text].length * PRINTABLE_SHARE ? text : undefined;
}
