import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { deriveKey, INSTALLATION_SECRET } from '@app/kernel';
import { invalid } from './problem.js';

/** What a cursor is good for and the request it belongs to: another use or another filter refuses it. */
export interface CursorScope {
  readonly use: 'customers' | 'timeline' | 'events' | 'merges';
  readonly filter: string;
}

/** Signs and opens cursors. They are opaque to readers and hold positions only, no personal data. */
@Injectable()
export class Cursors {
  private readonly key: Buffer;

  constructor(@Inject(INSTALLATION_SECRET) secret: string) {
    this.key = deriveKey(secret, 'cursor');
  }

  seal(scope: CursorScope, place: object): string {
    const body = Buffer.from(JSON.stringify(place)).toString('base64url');
    return `${body}.${this.sign(scope, body).toString('base64url')}`;
  }

  /**
   * @param pointer of the parameter, for the answer
   * @throws ProblemError 422 for a cursor that was changed or belongs to another request
   */
  open<T>(scope: CursorScope, cursor: string, shape: z.ZodType<T>, pointer: string): T {
    const [body = '', signature = '', ...rest] = cursor.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.sign(scope, body);
    const genuine = rest.length === 0 && given.length === expected.length && timingSafeEqual(given, expected);
    if (!genuine) throw invalid(pointer, 'cursor_invalid', 'not a cursor of this request');
    return shape.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  }

  private sign(scope: CursorScope, body: string): Buffer {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([scope.use, scope.filter, body]))
      .digest()
      .subarray(0, 16);
  }
}
