import { request as open } from 'node:http';
import type { ProviderRequest } from '@app/simulators';

/** What a provider hears. */
export interface Heard {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** How long providers wait; the shortest is Zalo's, but a busy test machine deserves more. */
const ANSWER_WITHIN_MS = 20_000;

/** Sends a provider's request. @throws TypeError or a TimeoutError when no answer comes */
export async function post(baseUrl: string, request: ProviderRequest): Promise<Heard> {
  const response = await fetch(new URL(request.path, baseUrl), {
    method: request.method,
    headers: request.headers,
    body: new Uint8Array(request.body),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.text() };
}

/** As {@link post}, with 0 for a connection that broke or stayed silent, as it happens to providers. */
export async function tryPost(baseUrl: string, request: ProviderRequest): Promise<number> {
  return await post(baseUrl, request).then(
    ({ status }) => status,
    () => 0,
  );
}

export const isAccepted = (status: number): boolean => status >= 200 && status < 300;

/**
 * Announces a body of some length and sends none of it: a server that knows its limit answers at once. Sending it all
 * would race: whether the answer or the closed connection is noticed first is a matter of luck.
 */
export async function announceLength(
  baseUrl: string,
  { path, headers }: ProviderRequest,
  length: number,
): Promise<number> {
  return await new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': String(length) },
      agent: false,
    } as const;
    const request = open(new URL(path, baseUrl), options, ({ statusCode }) => {
      resolve(statusCode ?? 0);
      request.destroy();
    });
    request.on('error', reject);
    request.flushHeaders();
  });
}
