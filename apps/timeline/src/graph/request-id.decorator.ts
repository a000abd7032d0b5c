import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** The `X-Request-Id` of the answer, which is the correlation id of everything that the request changes. */
export const RequestId = createParamDecorator((_options: unknown, context: ExecutionContext): string =>
  String(context.switchToHttp().getResponse<FastifyReply>().getHeader('x-request-id')),
);
