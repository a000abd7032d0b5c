import type { Answer, SendRequest } from './provider-request.js';

/** Recognised by shape: the error may come from another realm. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';

/**
 * Sends requests to a receiver over HTTP.
 *
 * @param baseUrl origin of the receiver, for example `http://127.0.0.1:3000`
 */
export function createHttpSender(baseUrl: string): SendRequest {
  return async (request, answerWithinMs): Promise<Answer> => {
    try {
      const response = await fetch(new URL(request.path, baseUrl), {
        method: request.method,
        headers: request.headers,
        ...(request.method === 'GET' ? {} : { body: new Uint8Array(request.body) }),
        signal: AbortSignal.timeout(answerWithinMs),
        redirect: 'manual',
      });
      // An unread body keeps its connection from being used again.
      await response.arrayBuffer();
      return { kind: 'status', status: response.status };
    } catch (error) {
      return isTimeout(error) ? { kind: 'timeout' } : { kind: 'unreachable' };
    }
  };
}
