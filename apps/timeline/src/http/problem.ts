import { PROBLEMS, type ProblemCode } from '@app/contracts';

/** What is wrong with one part of a request. `pointer` is a JSON Pointer; a query parameter is named like a field. */
export interface ProblemPart {
  readonly pointer: string;
  readonly code: string;
  readonly detail?: string;
}

/** Options of {@link ProblemError}. Nothing here may hold personal data or internals. */
export interface ProblemOptions {
  readonly detail?: string;
  readonly errors?: readonly ProblemPart[];
  /** Further members of the document, for example `earliest_cursor`. */
  readonly members?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What went wrong, for the log only. */
  readonly cause?: unknown;
}

/** An answer that is a problem document (RFC 9457). */
export class ProblemError extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly options: ProblemOptions = {},
  ) {
    super(options.detail ?? PROBLEMS[code].title, { cause: options.cause });
    this.name = 'ProblemError';
  }
}

/** A 422 about one part of the request. */
export function invalid(pointer: string, code: string, detail: string): ProblemError {
  return new ProblemError('validation-failed', { detail: '1 field is not valid', errors: [{ pointer, code, detail }] });
}
