import type { WebhookRequest } from '../channel-adapter.js';
import { objectOf, textOf } from '../shared/fields.js';
import { readForm, type FormPart } from '../shared/mail/multipart-form.js';
import { locateJson } from '../shared/read-json.js';
import { composeForm } from './compose-form.js';
import { filesAmong, type FormFiles } from './form-files.js';

/** One form as it was sent: nested values by name, and its bytes. */
export interface FormDocument {
  readonly value: unknown;
  readonly bytes: Buffer;
  /** Absent when nobody sent any. */
  readonly held?: FormFiles;
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;
const MAX_NESTING = 8;

/** `fields[email][value]` is three names, one within the other; `your-name` is one, and `a[]` is `a`. */
function namesIn(name: string): readonly string[] {
  const bracket = name.indexOf('[');
  if (bracket <= 0 || !/^(?:\[[^[\]]*\])+$/.test(name.slice(bracket))) return [name];
  const inner = name
    .slice(bracket + 1, -1)
    .split('][')
    .filter((part) => part !== '');
  return [name.slice(0, bracket), ...inner].slice(0, MAX_NESTING);
}

type Branch = Map<string, Branch | string[]>;

/** Puts a value where its name says; one that would stand on another keeps its whole name. */
function put(tree: Branch, name: string, value: string): void {
  const names = namesIn(name);
  let branch = tree;
  for (const part of names.slice(0, -1)) {
    const next = branch.get(part) ?? new Map<string, Branch | string[]>();
    if (Array.isArray(next)) return put(tree, `${name} `, value);
    branch.set(part, next);
    branch = next;
  }
  const last = names.at(-1)!;
  const there = branch.get(last);
  if (there instanceof Map) return put(tree, `${name} `, value);
  branch.set(last, [...(there ?? []), value]);
}

const plain = (branch: Branch): object =>
  Object.fromEntries(
    [...branch].map(([name, value]) => {
      if (value instanceof Map) return [name, plain(value)];
      return [name, value.length === 1 ? value[0] : value];
    }),
  );

/** Among the fields a file stands by its name. */
const valueOf = ({ filename, bytes }: FormPart): string => filename ?? bytes.toString('utf8');

function fromParts(parts: readonly FormPart[]): object {
  const tree: Branch = new Map();
  for (const part of parts) put(tree, part.name, valueOf(part));
  return plain(tree);
}

function fromJson(body: Buffer): readonly FormDocument[] | undefined {
  const reading = locateJson(body, 1);
  if (!reading.ok) return undefined;
  if (!Array.isArray(reading.value)) return [{ value: reading.value, bytes: body }];
  const nodes = reading.root.elements ?? [];
  if (nodes.length === 0) return undefined;
  return nodes.map(({ start, end }, index) => ({
    value: (reading.value as readonly unknown[])[index],
    bytes: body.subarray(start, end),
  }));
}

/**
 * Reads a body: JSON, whose outermost array holds several forms, or a form of either kind of HTML.
 *
 * @returns undefined when it cannot be read, or holds nothing
 */
export async function readDocuments({ body, headers }: WebhookRequest): Promise<readonly FormDocument[] | undefined> {
  const contentType = textOf(headers['content-type']) ?? 'application/json';
  if (JSON_TYPE.test(contentType)) return fromJson(body);
  const parts = await readForm(body, contentType);
  if (parts === undefined || parts.length === 0) return undefined;
  const files = filesAmong(parts);
  const held = files.length === 0 ? {} : { held: { files, original: composeForm(parts) } };
  return [{ value: objectOf(fromParts(parts)), bytes: body, ...held }];
}
