import { AppError, type AppErrorOptions } from '@app/kernel';

/** The embedded PostgreSQL cannot be prepared, started or stopped; the message carries the tail of the server's log. */
export class EmbeddedPostgresError extends AppError {
  readonly code = 'embedded_postgres';
  readonly retryable = false;

  constructor(message: string, options: AppErrorOptions = {}) {
    super(`${message}\nSet DATABASE_URL to use a PostgreSQL server of your own instead.`, options);
  }
}

/** The `code` of a Node system error (`EEXIST`); undefined for anything else. Errors of other realms count too. */
export function systemCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
