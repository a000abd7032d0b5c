import { readHeaderFields } from './header-fields.js';
import { threadOf } from './mail-thread.js';
import type { MailClass } from './automatic-mail.js';

const thread = (head: string, mailClass: MailClass = 'normal') => threadOf(readHeaderFields(head), mailClass, 'key');

describe('the thread of a mail', () => {
  it.each<[string, string, MailClass, string]>([
    ['a first mail is its own root', 'Message-ID: <a@x>', 'normal', 'a@x'],
    [
      'a reply belongs to the root',
      'Message-ID: <c@x>\r\nReferences: <a@x> <b@x>\r\nIn-Reply-To: <b@x>',
      'normal',
      'a@x',
    ],
    [
      'a reply without References belongs to what it answers',
      'Message-ID: <c@x>\r\nIn-Reply-To: <b@x>',
      'normal',
      'b@x',
    ],
    ['ids without blanks between them', 'References: <a@x><b@x>\r\n <c@x>, <d@x>', 'normal', 'a@x'],
    ['words around an id', 'In-Reply-To: Your message of "Mon" <q@x>', 'normal', 'q@x'],
    ['an id without an at sign is no id', 'Message-ID: <c@x>\r\nReferences: <no-at>', 'normal', 'c@x'],
    ['without any id the key stands in', 'Subject: x', 'normal', 'key'],
    ['a bounce does not join the mail that it is about', 'Message-ID: <c@x>\r\nIn-Reply-To: <b@x>', 'bounce', 'c@x'],
    ['case is kept', 'References: <AbC@x>', 'normal', 'AbC@x'],
  ])('%s', (_label, head, mailClass, expected) => {
    expect(thread(head, mailClass).threadId).toBe(expected);
  });

  it('keeps the root and the nearest ancestors of an endless chain', () => {
    const ids = Array.from({ length: 500 }, (_, i) => `i${i}@x`);
    const { references } = thread(`References: ${ids.map((id) => `<${id}>`).join(' ')}`);
    expect(references).toHaveLength(40);
    expect([references[0], references[1], references.at(-1)]).toEqual(['i0@x', 'i461@x', 'i499@x']);
  });
});
