import type { IdentityKind } from '@app/contracts';

/** What programs write where a value should stand. */
const BLOCKED = new Set([
  '',
  'null',
  'undefined',
  'none',
  'nan',
  'nil',
  'n/a',
  'na',
  'unknown',
  'anonymous',
  'test',
  '[object object]',
]);

/**
 * Tells whether a value cannot identify anybody. Its message is stored, the identifier is ignored.
 *
 * @see identity design, section 3.3
 */
export function isBlockedValue(kind: IdentityKind, value: string): boolean {
  if (kind === 'sender_label') return false;
  const folded = value.trim().toLowerCase();
  return BLOCKED.has(folded) || /^[+0\-\s.]*$/.test(folded) || (kind.startsWith('email') && folded.startsWith('test@'));
}
