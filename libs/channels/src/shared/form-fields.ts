import type { Form } from '@app/contracts';
import { cleanText } from '@app/kernel';

const MAX_FIELDS = 100;
const MAX_CHARS = 4096;

const clean = (text: string): string => cleanText(text, { nul: 'remove', maxChars: MAX_CHARS }).text;

/** Fields of a form as an entry shows them: at most 100, fit to be stored. @returns undefined when there are none */
export function fieldsToShow(fields: readonly { readonly name: string; readonly value: string }[]): Form['fields'] {
  if (fields.length === 0) return undefined;
  return fields.slice(0, MAX_FIELDS).map(({ name, value }) => ({ name: clean(name), value: clean(value) }));
}
