import type { ChannelAccount } from '@app/kernel';
import type { CommentRefusal, CommentUsage } from '../../comment-access.js';
import type { MediaRequest } from '../../media-request.js';
import { numberOf, objectOf, objectsOf, readJson } from '../../shared/index.js';

/** Host of the Graph API. */
export const GRAPH_HOSTS: readonly string[] = ['graph.facebook.com'];

const GRAPH = 'https://graph.facebook.com/v25.0';

/** A reading call; the token goes into a header, because addresses reach logs. @param id digits, in parts joined by underlines */
export function graphRequest(
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
  { secrets }: ChannelAccount,
): MediaRequest {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    url: `${GRAPH}/${path}?${new URLSearchParams(given).toString()}`,
    headers: { authorization: `Bearer ${secrets['access_token'] ?? ''}`, accept: 'application/json' },
  };
}

/** Whether a text can be the id of something in the graph, and nothing else in an address. */
export const isGraphId = (id: string): boolean => /^\d+(?:_\d+)*$/.test(id);

/** Application, account and page limits, and those of each business use case. */
const isLimit = (code: number): boolean => [4, 17, 32, 613].includes(code) || (code >= 80_001 && code <= 80_014);

/** A permission is missing, of the account or of this object alone. */
const isDenial = (code: number): boolean => code === 3 || code === 10 || (code >= 200 && code < 300);

/** Subcodes of code 100: the object was deleted, or is not for us. */
const GONE: ReadonlySet<number | undefined> = new Set([33, 2_018_344]);

function kindOf(code: number, subcode: number | undefined): CommentRefusal['kind'] {
  if (isLimit(code)) return 'limited';
  if (isDenial(code)) return 'denied';
  if (code !== 100) return 'other';
  // Else a parameter is wrong, and the only one that changes is the place in the list.
  return GONE.has(subcode) ? 'gone' : 'stale';
}

/** What a refusal of the Graph API means. @see Graph API, "Handle Errors"; read 2026-11 */
export function graphRefusal(answer: Buffer): CommentRefusal | undefined {
  const reading = readJson(answer);
  const error = reading.ok ? objectOf(objectOf(reading.value)?.error) : undefined;
  const code = numberOf(error?.code);
  const subcode = numberOf(error?.error_subcode);
  if (code === undefined) return undefined;
  return { reason: `graph_${code}${subcode === undefined ? '' : `_${subcode}`}`, kind: kindOf(code, subcode) };
}

const APP = 'x-app-usage';
const BUSINESS = 'x-business-use-case-usage';
const SHARES = ['call_count', 'total_time', 'total_cputime'] as const;
const MINUTE_MS = 60_000;

/** How far calls are used up: the fullest of all shares that the answer names. @see Graph API, "Rate Limits"; read 2026-11 */
export const graphUsage = {
  headers: [APP, BUSINESS],
  read(headers: Readonly<Record<string, string>>): CommentUsage | undefined {
    const values = objectsOf(
      [APP, BUSINESS].map((name) => {
        const reading = readJson(Buffer.from(headers[name] ?? ''));
        return reading.ok ? reading.value : undefined;
      }),
    );
    // Of the app there is one object, of business use cases a list of them for each business.
    const usages = values.flatMap((value) => [value, ...Object.values(value).flatMap((list) => objectsOf(list))]);
    if (usages.length === 0) return undefined;
    const numbers = usages.flatMap((usage) => SHARES.map((share) => numberOf(usage[share]) ?? 0));
    const regain = usages.map((usage) => numberOf(usage.estimated_time_to_regain_access) ?? 0);
    return { percent: Math.max(0, ...numbers), regainMs: Math.max(0, ...regain) * MINUTE_MS };
  },
};
