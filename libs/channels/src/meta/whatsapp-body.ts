import { idOf, objectOf, locateJson, textOf, type JsonNode, type JsonObject } from '../shared/index.js';
import type { PageProblem } from './page-body.js';

/** Lists of a change whose elements can fail alone. */
const LISTS = ['messages', 'statuses', 'message_echoes', 'user_id_update', 'errors'] as const;

/** One element of a list of a change, or a change that has none. */
export interface WhatsAppElement {
  readonly list: (typeof LISTS)[number] | 'history' | 'none';
  /** Of the change, for example `messages`. */
  readonly field: string;
  /** Our number, as Meta counts it; undefined when the change names none. */
  readonly phoneNumberId: string | undefined;
  /** WhatsApp Business Account. */
  readonly businessId: string | undefined;
  /** `value` of the change: who the people in it are. */
  readonly change: JsonObject;
  readonly value: unknown;
  /** Exactly as it came. */
  readonly bytes: Buffer;
  /** What stood around it, as JSON. */
  readonly context: string;
  /** The person whose chat it stood in, where the list says so. */
  readonly threadId?: string | undefined;
}

/** What the elements of a change share. */
type ChangeFrame = Pick<WhatsAppElement, 'field' | 'phoneNumberId' | 'businessId' | 'change' | 'context'>;

/** Levels down to an element: body, `entry`, entry, `changes`, change, `value`, list. */
const DEPTH = 7;
/** A history has three levels more: an element of it, `threads`, a thread; and then the messages. */
const DEPTH_OF_HISTORY = 12;

interface Located {
  readonly value: unknown;
  readonly node: JsonNode;
}

/** A member with where it stands. */
function memberOf({ value, node }: Located, name: string): Located | undefined {
  const found = node.members?.get(name);
  return found === undefined ? undefined : { value: objectOf(value)?.[name], node: found };
}

/** The elements of an array with where they stand; undefined for what is none. */
function elementsOf({ value, node }: Located): readonly Located[] | undefined {
  if (!Array.isArray(value) || node.elements === undefined) return undefined;
  return node.elements.map((element, index) => ({ value: (value as readonly unknown[])[index], node: element }));
}

class WhatsAppBodyReader {
  readonly found: (WhatsAppElement | PageProblem)[] = [];

  constructor(private readonly body: Buffer) {}

  readEntry(entry: Located): void {
    const object = objectOf(entry.value);
    if (object === undefined) return this.reject('an entry that is not an object', entry);
    if (entry.node.repeated !== undefined) return this.reject('an entry with a member that stands twice', entry);
    const list = memberOf(entry, 'changes');
    if (list === undefined) return void this.found.push({ ignore: 'empty_entry' });
    const changes = elementsOf(list);
    if (changes === undefined) return this.reject('changes is not an array', list);
    if (changes.length === 0) this.found.push({ ignore: 'empty_entry' });
    for (const change of changes) this.readChange(change, idOf(object['id']));
  }

  private readChange(change: Located, businessId: string | undefined): void {
    const located = memberOf(change, 'value');
    const value = objectOf(located?.value);
    const field = textOf(objectOf(change.value)?.['field']) ?? '';
    const isTwice = change.node.repeated !== undefined || located?.node.repeated !== undefined;
    if (located === undefined || value === undefined || isTwice)
      return this.reject('a change without one value', change);
    const metadata = objectOf(value['metadata']);
    const { contacts } = value;
    const frame = {
      field,
      businessId,
      phoneNumberId: idOf(metadata?.['phone_number_id']),
      change: value,
      context: JSON.stringify({ entry: { id: businessId }, field, value: { metadata, contacts } }),
    };
    const before = this.found.length;
    for (const list of LISTS) {
      const held = memberOf(located, list);
      if (held !== undefined) this.readList(held, list, frame);
    }
    const history = memberOf(located, 'history');
    if (history !== undefined) this.readHistory(history, frame);
    if (this.found.length > before) return;
    this.push('none', { value, node: change.node }, frame);
  }

  private readList(list: Located, name: WhatsAppElement['list'], frame: ChangeFrame, threadId?: string): void {
    const elements = elementsOf(list);
    if (elements === undefined) return this.reject(`${name} is not an array`, list);
    for (const element of elements) this.push(name, element, frame, threadId);
  }

  /** Member by member: this runs for every element, and a spread costs as much as a digest. */
  private push(list: WhatsAppElement['list'], { value, node }: Located, frame: ChangeFrame, threadId?: string): void {
    const { field, phoneNumberId, businessId, change, context } = frame;
    const bytes = this.bytesOf(node);
    this.found.push({ list, field, phoneNumberId, businessId, change, value, bytes, context, threadId });
  }

  /** `history[].threads[].messages[]`: what was written before we came; a part of it without threads is kept as it is. */
  private readHistory(history: Located, frame: ChangeFrame): void {
    for (const chunk of elementsOf(history) ?? [history]) {
      const list = memberOf(chunk, 'threads');
      const threads = list === undefined ? undefined : elementsOf(list);
      if (threads === undefined) {
        this.push('none', chunk, frame);
        continue;
      }
      for (const thread of threads) {
        const messages = memberOf(thread, 'messages');
        const threadId = idOf(objectOf(thread.value)?.['id']);
        if (messages === undefined) this.reject('a thread without messages', thread);
        else this.readList(messages, 'history', frame, threadId);
      }
    }
  }

  reject(detail: string, { node }: Located): void {
    this.found.push({ reject: 'schema_invalid', detail, bytes: this.bytesOf(node) });
  }

  private bytesOf({ start, end }: JsonNode): Buffer {
    return this.body.subarray(start, end);
  }
}

/**
 * Takes a body of the object `whatsapp_business_account` apart: every element of every list of every change, with its
 * bytes.
 *
 * @see WhatsApp Business Platform, Cloud API, "Webhooks", components
 */
export function readWhatsAppBody(body: Buffer): readonly (WhatsAppElement | PageProblem)[] {
  const reading = locateJson(body, body.includes('"history"') ? DEPTH_OF_HISTORY : DEPTH);
  if (!reading.ok) return [{ reject: 'decode_failed', detail: 'the body is not JSON', bytes: body }];
  const wrong = (detail: string): readonly PageProblem[] => [{ reject: 'schema_invalid', detail, bytes: body }];
  const root = { value: reading.value, node: reading.root };
  if (objectOf(root.value) === undefined) return wrong('the body is not an object');
  if (root.node.repeated !== undefined) return wrong('the body has a member that stands twice');
  const list = memberOf(root, 'entry');
  const entries = list === undefined ? undefined : elementsOf(list);
  if (entries === undefined) return wrong('the body has no array "entry"');
  if (entries.length === 0) return [{ ignore: 'empty_body' }];
  const reader = new WhatsAppBodyReader(body);
  for (const entry of entries) reader.readEntry(entry);
  return reader.found;
}
