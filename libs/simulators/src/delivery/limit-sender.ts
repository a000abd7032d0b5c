import type { SendRequest } from './provider-request.js';

/**
 * Lets at most `limit` requests be on the wire at once; the others wait their turn, first come, first served.
 */
export function limitSender(send: SendRequest, limit: number): SendRequest {
  let free = limit;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (request, answerWithinMs) => {
    await enter();
    try {
      return await send(request, answerWithinMs);
    } finally {
      leave();
    }
  };
}
