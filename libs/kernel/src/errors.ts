import type { DeadLetterCode } from '@app/contracts';

/** What every error of ours carries. `details` is safe to log: no content of a customer, no secret. */
export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Base of our errors. Callers test `code`, `retryable` or the class, never the message. */
export abstract class AppError extends Error {
  abstract readonly code: string;
  /** Whether the same call may succeed later without anybody changing its input. */
  abstract readonly retryable: boolean;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details ?? {};
  }
}

/** The program cannot start: `problems` lists every one, each with its path. */
export class ConfigError extends AppError {
  readonly code = 'config_invalid';
  readonly retryable = false;

  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** A request that does not prove where it comes from. */
export class SignatureError extends AppError {
  readonly code = 'signature_invalid';
  readonly retryable = false;
}

/** A record or body that fails for its own sake, however often it is tried: it becomes a dead letter. */
export class PermanentRecordError extends AppError {
  readonly retryable = false;

  constructor(
    readonly code: DeadLetterCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options);
  }
}

/** The broker or the log is away or too slow; nothing is known to be stored. */
export class StreamUnavailableError extends AppError {
  readonly code = 'stream_unavailable';
  readonly retryable = true;
}

/** The database is away, restarting or refused for a passing reason. */
export class StoreUnavailableError extends AppError {
  readonly code = 'store_unavailable';
  readonly retryable = true;
}

/** A provider is away, slow or refusing for a passing reason. */
export class ProviderUnavailableError extends AppError {
  readonly code = 'provider_unavailable';
  readonly retryable = true;
}

/** Text of anything thrown, for a log line. Errors of other realms are recognised by shape. */
export function describeError(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const { name, message } = error as { name?: unknown; message: unknown };
    return `${typeof name === 'string' ? name : 'Error'}: ${String(message)}`;
  }
  return String(error);
}
