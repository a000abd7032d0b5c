import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { base32 } from '@app/contracts';
import { isApiPath } from './v1-path.js';

/** Gives every answer of the API an `X-Request-Id`, refusals and unknown addresses included. */
@Injectable()
export class RequestIds implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onRequest', (request, reply, done) => {
      if (isApiPath(request.url)) void reply.header('x-request-id', `req_${base32(randomBytes(15))}`);
      done();
    });
  }
}
