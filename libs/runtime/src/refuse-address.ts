import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { base32, PROBLEMS } from '@app/contracts';

/**
 * Answers an address that cannot be read: a broken percent escape, or a part of more than 100 characters. No route and
 * no hook sees such a request. It names nothing, so it is 404, as a problem document (RFC 9457).
 */
export function refuseAddress(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, title } = PROBLEMS['not-found'];
  const requestId = `req_${base32(randomBytes(15))}`;
  const document = {
    type: '/problems/not-found',
    title,
    status,
    code: 'not-found',
    instance: request.url.split('?', 1)[0],
    request_id: requestId,
  };
  void reply
    .code(status)
    .headers({ 'x-request-id': requestId, 'cache-control': 'no-store' })
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(document));
}
