/** Codes of the problem documents that HTTP answers carry, with their status and title (stream contract, section 11). */
export const PROBLEMS = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  unauthenticated: { status: 401, title: 'An API key is needed' },
  'signature-invalid': { status: 401, title: 'The signature does not match' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'merge-with-itself': { status: 409, title: 'Both are the same customer' },
  'customer-merged': { status: 409, title: 'The customer was merged into another one' },
  'merge-guarded': { status: 409, title: 'A guard stands between the two customers' },
  'merge-already-undone': { status: 409, title: 'It was undone already' },
  'nothing-to-undo': { status: 409, title: 'Nothing is left to be undone' },
  'group-too-large': { status: 409, title: 'Too many identities hang together' },
  'identity-not-shared': { status: 409, title: 'The identity is not used by several people' },
  'identity-not-recyclable': { status: 409, title: 'Nobody else can get this identity' },
  'epoch-ended': { status: 409, title: 'The time of its owner has ended already' },
  'cursor-expired': { status: 410, title: 'The cursor is older than what is kept' },
  'customer-erased': { status: 410, title: 'The customer was erased' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'validation-failed': { status: 422, title: 'The request is not valid' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong here' },
  'dependency-unavailable': { status: 503, title: 'Something that this service needs is away' },
} as const;

/** Stable code of a problem document; what clients switch on. */
export type ProblemCode = keyof typeof PROBLEMS;

/** Why a record became a dead letter; a closed list (stream contract, section 10). */
export const DEAD_LETTER_CODES = [
  'schema_invalid',
  'unsupported_content',
  'unknown_account',
  'identity_conflict',
  'too_large',
  'decode_failed',
  'constraint_violation',
  'internal',
] as const;

/** Reason of a dead letter. */
export type DeadLetterCode = (typeof DEAD_LETTER_CODES)[number];
