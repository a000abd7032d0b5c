import { objectOf, textOf, type JsonObject } from '../shared/fields.js';

/** A field of a form. */
export interface FormField {
  /** As the form shows it, or as it is called. */
  readonly name: string;
  /** All that it is called, the most telling first. */
  readonly aliases: readonly string[];
  readonly value: string;
}

const MAX_DEPTH = 8;
const MAX_FIELDS = 1_000;

/** Members that hold the whole form: what stands in them is called by its own name. */
const WRAPPERS = new Set(
  'data fields form_fields form answers values namedvalues customer contact payload body submission lead user'.split(
    ' ',
  ),
);

type Scalar = string | number | boolean;
const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** One value, or a list of such; undefined when it is neither. */
function entered(value: unknown): string | undefined {
  if (isScalar(value)) return String(value);
  if (!Array.isArray(value) || !value.every(isScalar)) return undefined;
  return value.map(String).join(', ');
}

const firstText = (value: JsonObject, names: readonly string[]): string | undefined =>
  names.map((name) => textOf(value[name])).find((text) => text !== undefined);

/** An object that describes a field: how it is labelled, and what was entered. */
function described(value: JsonObject, path: readonly string[]): FormField | undefined {
  const label = firstText(value, ['title', 'label', 'question']);
  const isField = Object.hasOwn(value, 'value') || Object.hasOwn(value, 'answer');
  const given = isField ? entered(value['value'] ?? value['answer'] ?? '') : undefined;
  if (path.length === 0 || label === undefined || given === undefined) return undefined;
  const ids = ['id', 'key', 'type'].map((name) => textOf(value[name]));
  const aliases = [label, ...ids, path.at(-1)].filter((alias) => alias !== undefined);
  return { name: label, aliases, value: given };
}

/** What a value is called by its place: with what it stands in, and alone where that says nothing more. */
function aliasesOf(path: readonly string[]): readonly string[] {
  const [last = '', outer] = [path.at(-1), path.at(-2)];
  if (outer === undefined) return [last];
  return WRAPPERS.has(outer.toLowerCase()) ? [`${outer} ${last}`, last] : [`${outer} ${last}`];
}

function* walk(value: unknown, path: readonly string[], depth = 0): Generator<FormField> {
  if (depth > MAX_DEPTH) return;
  const given = entered(value);
  if (given !== undefined) {
    if (path.length > 0) yield { name: path.at(-1)!, aliases: aliasesOf(path), value: given };
    return;
  }
  // A list within a form does not name its elements.
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item, path, depth + 1);
    return;
  }
  const object = objectOf(value);
  if (object === undefined) return;
  const field = described(object, path);
  if (field !== undefined) yield field;
  else for (const [name, member] of Object.entries(object)) yield* walk(member, [...path, name], depth + 1);
}

/** The fields of a form in order, at most 1,000; empty ones are left out. What is deeper than eight levels is in the original only. */
export function fieldsOf(document: unknown): readonly FormField[] {
  const fields: FormField[] = [];
  for (const field of walk(document, [])) {
    if (field.value.trim() === '') continue;
    fields.push(field);
    if (fields.length === MAX_FIELDS) break;
  }
  return fields;
}
