import { JsonScanner, type JsonNode } from './json-scanner.js';

/** Outcome of {@link readJson}. When the bytes are not JSON, there is nothing to say about them that would not quote them. */
export type JsonReading = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** Outcome of {@link locateJson}. */
export type LocatedJson =
  { readonly ok: true; readonly value: unknown; readonly root: JsonNode } | { readonly ok: false };

/** Whether 16 digits begin where a value may, strings included: without them no integer can be too long for a number. */
const MAY_HOLD_LONG_INTEGER = /(?:^|[:,[])\s*-?\d{16}/;

function tryParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The bytes as text with the given spans put between quotes. */
function quoteSpans(bytes: Buffer, spans: readonly number[]): string {
  let text = '';
  let from = 0;
  for (let index = 0; index < spans.length; index += 2) {
    text += `${bytes.toString('utf8', from, spans[index])}"${bytes.toString('latin1', spans[index], spans[index + 1])}"`;
    from = spans[index + 1]!;
  }
  return text + bytes.toString('utf8', from);
}

/**
 * Reads JSON without losing digits: an integer that a JavaScript number cannot hold (above 2^53) comes as a **string**
 * of its digits, so read every id with {@link idOf}. All else is as `JSON.parse` gives it.
 */
export function readJson(bytes: Buffer): JsonReading {
  const text = bytes.toString('utf8');
  const parsed = tryParse(text);
  if (parsed === undefined) return { ok: false };
  return MAY_HOLD_LONG_INTEGER.test(text) ? locateJson(bytes, 0) : { ok: true, value: parsed.value };
}

/**
 * As {@link readJson}; `root` says where values stand within the bytes, down to `depth` levels of containers, so that each
 * element can be kept exactly as it came: `bytes.subarray(node.start, node.end)`.
 *
 * @param depth levels of objects and arrays whose parts are to be located
 */
export function locateJson(bytes: Buffer, depth: number): LocatedJson {
  const parsed = tryParse(bytes.toString('utf8'));
  if (parsed === undefined) return { ok: false };
  const scanner = new JsonScanner(bytes);
  const root = scanner.locate(depth);
  if (scanner.unsafeIntegers.length === 0) return { ok: true, value: parsed.value, root };
  return { ok: true, value: JSON.parse(quoteSpans(bytes, scanner.unsafeIntegers)) as unknown, root };
}
