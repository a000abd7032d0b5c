import { idOf, instantOf, objectOf, locateJson, type JsonNode, type JsonObject } from '../shared/index.js';

/** One element of one array of one entry: the least thing that can fail alone. */
export interface PageElement {
  /** `entry.id`: the page; undefined when the entry names none. */
  readonly pageId: string | undefined;
  /** Array in which it stood. */
  readonly list: 'messaging' | 'standby' | 'changes';
  readonly value: unknown;
  /** Exactly as it came. */
  readonly bytes: Buffer;
  /** `entry.time` in milliseconds: when Meta sent it, which differs between repeats. */
  readonly entryTime: number | undefined;
  /** What stood around it, as JSON. */
  readonly context: string;
}

/** Something in the body that is no element at all. */
export type PageProblem =
  | { readonly reject: 'decode_failed' | 'schema_invalid'; readonly detail: string; readonly bytes: Buffer }
  | { readonly ignore: string };

/** Levels down to an element: body, `entry`, entry, list. */
const DEPTH = 4;
const LISTS = ['messaging', 'standby', 'changes'] as const;

/** What the elements of an entry share. */
type EntryFrame = Pick<PageElement, 'pageId' | 'entryTime' | 'context'>;

/** What stood around an element. Most entries hold nothing that JSON would have to escape, and writing them is the half of it. */
function contextOf(object: unknown, { id, time }: JsonObject): string {
  const plain =
    (object === 'page' || object === 'instagram') &&
    typeof id === 'string' &&
    /^\d+$/.test(id) &&
    Number.isSafeInteger(time);
  return plain
    ? `{"object":"${object}","entry":{"id":"${id}","time":${String(time)}}}`
    : JSON.stringify({ object, entry: { id, time } });
}

/** Collects what a body holds, in the order of the body's entries. */
class PageBodyReader {
  readonly found: (PageElement | PageProblem)[] = [];

  constructor(
    private readonly body: Buffer,
    private readonly object: unknown,
  ) {}

  readEntry(value: unknown, node: JsonNode): void {
    const entry = objectOf(value);
    if (entry === undefined) return this.reject('an entry that is not an object', node);
    if (node.repeated !== undefined) return this.reject('an entry with a member that stands twice', node);
    const before = this.found.length;
    const frame = {
      pageId: idOf(entry.id),
      entryTime: instantOf(entry.time),
      context: contextOf(this.object, entry),
    };
    for (const list of LISTS) {
      const listNode = node.members?.get(list);
      if (listNode !== undefined) this.readList(list, entry[list], listNode, frame);
    }
    this.readFlatChange(entry, node, frame);
    if (this.found.length === before) this.found.push({ ignore: 'empty_entry' });
  }

  private readList(list: PageElement['list'], value: unknown, node: JsonNode, frame: EntryFrame): void {
    if (!Array.isArray(value)) return this.reject(`${list} is not an array`, node);
    const { pageId, entryTime, context } = frame;
    for (const [index, element] of (value as readonly unknown[]).entries()) {
      this.found.push({
        pageId,
        list,
        value: element,
        bytes: this.bytesOf(node.elements![index]!),
        entryTime,
        context,
      });
    }
  }

  /** `field` and `value` directly in the entry, and the names alone that `include_values=false` asks for. */
  private readFlatChange(entry: JsonObject, node: JsonNode, frame: EntryFrame): void {
    if (entry.field !== undefined) {
      const value = { field: entry.field, value: entry.value };
      this.found.push({ ...frame, list: 'changes', value, bytes: this.bytesOf(node) });
    }
    if (Array.isArray(entry.changed_fields)) {
      for (let count = entry.changed_fields.length; count > 0; count--) this.found.push({ ignore: 'changed_field' });
    }
  }

  reject(detail: string, node: JsonNode): void {
    this.found.push({ reject: 'schema_invalid', detail, bytes: this.bytesOf(node) });
  }

  private bytesOf({ start, end }: JsonNode): Buffer {
    return this.body.subarray(start, end);
  }
}

/**
 * Takes a body of the object `page` apart: every element of every array of every entry, with its bytes.
 *
 * A name that stands twice would hide an array, so what holds it is rejected whole instead of losing one in silence.
 *
 * @see Meta for Developers, "Webhooks for Pages", payload
 */
export function readPageBody(body: Buffer): readonly (PageElement | PageProblem)[] {
  const reading = locateJson(body, DEPTH);
  if (!reading.ok) return [{ reject: 'decode_failed', detail: 'the body is not JSON', bytes: body }];
  const { root } = reading;
  const value = objectOf(reading.value);
  const wrong = (detail: string): readonly PageProblem[] => [{ reject: 'schema_invalid', detail, bytes: body }];
  if (value === undefined) return wrong('the body is not an object');
  if (root.repeated !== undefined) return wrong('the body has a member that stands twice');
  if (!Array.isArray(value.entry)) return wrong('the body has no array "entry"');
  const nodes = root.members?.get('entry')?.elements ?? [];
  const reader = new PageBodyReader(body, value.object);
  for (const [index, node] of nodes.entries()) reader.readEntry((value.entry as readonly unknown[])[index], node);
  return nodes.length === 0 ? [{ ignore: 'empty_body' }] : reader.found;
}
