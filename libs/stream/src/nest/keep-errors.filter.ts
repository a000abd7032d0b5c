import { Catch, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Hands whatever a handler threw to the transport as it is.
 *
 * Nest's own filter puts `{ status: 'error', message: 'Internal server error' }` in place of every error, so that a
 * transport can tell neither a passing fault from a permanent one nor whose it was.
 */
@Catch()
export class KeepErrorsFilter implements ExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}
