import { bad, no, ok, type Answer } from './answer.js';
import { parseBodySection } from './body-section.js';
import { fetchItems, fetchResponse } from './fetch-response.js';
import { search } from './search.js';
import { SelectedFolder } from './selected-folder.js';
import { numbersIn } from './sequence-set.js';
import type { SimulatedMailbox, StoredMail } from './simulated-mailbox.js';
import { textOf, type Token } from './tokens.js';
import { readWireDate } from './wire-text.js';

/** Who may log in. */
export interface ImapCredentials {
  readonly user: string;
  readonly password: string;
  /** Access tokens that are good now, and how they are offered; without it only the password is. */
  readonly oauth?: { readonly mechanism: 'XOAUTH2' | 'OAUTHBEARER'; readonly tokens: ReadonlySet<string> };
}

/** What a session remembers between commands. */
export interface SessionState {
  readonly mailboxes: ReadonlyMap<string, SimulatedMailbox>;
  readonly credentials: ImapCredentials;
  isAuthenticated: boolean;
  folder: SelectedFolder | undefined;
}

/** Carries out one command. */
export type CommandHandler = (state: SessionState, args: readonly Token[]) => Answer;

export const capabilities = ({ oauth }: ImapCredentials): string =>
  `IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN ${oauth ? `AUTH=${oauth.mechanism} ` : ''}ID NAMESPACE IDLE UIDPLUS`;

const mailboxOf = (state: SessionState, token: Token | undefined): SimulatedMailbox | undefined => {
  const name = textOf(token);
  return state.mailboxes.get(name.toUpperCase() === 'INBOX' ? 'INBOX' : name);
};

function logIn(state: SessionState, user: string, password: string): Answer {
  return admit(state, user === state.credentials.user && password === state.credentials.password);
}

function admit(state: SessionState, isKnown: boolean): Answer {
  state.isAuthenticated = isKnown;
  return isKnown
    ? ok(`[CAPABILITY ${capabilities(state.credentials)}] logged in`)
    : no('[AUTHENTICATIONFAILED] wrong user, password or token');
}

/** Reads the initial response of XOAUTH2 or OAUTHBEARER (RFC 7628, section 3.1): fields that end with a byte of 1. */
export function authenticateBearer(state: SessionState, base64: string): Answer {
  const [head = '', ...fields] = Buffer.from(base64, 'base64').toString('utf8').split(String.fromCharCode(1));
  const user = /^(?:user=|n,a=)([^,]+)/.exec(head)?.[1];
  const token = fields.find((field) => field.startsWith('auth=Bearer '))?.slice('auth=Bearer '.length) ?? '';
  return admit(state, user === state.credentials.user && state.credentials.oauth?.tokens.has(token) === true);
}

/** Reads the initial response of SASL PLAIN: authorisation id, user and password between zero bytes. */
export function authenticatePlain(state: SessionState, base64: string): Answer {
  const [, user = '', password = ''] = Buffer.from(base64, 'base64').toString('utf8').split('\u0000');
  return logIn(state, user, password);
}

const open =
  (readOnly: boolean): CommandHandler =>
  (state, [name]) => {
    const mailbox = mailboxOf(state, name);
    state.folder = mailbox === undefined ? undefined : new SelectedFolder(mailbox, readOnly);
    if (mailbox === undefined) return no('[NONEXISTENT] there is no such folder');
    return ok(`[READ-${readOnly ? 'ONLY' : 'WRITE'}] selected`, [
      String.raw`* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)`,
      `* ${mailbox.messages.length} EXISTS`,
      '* 0 RECENT',
      `* OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`,
      `* OK [UIDNEXT ${mailbox.uidNext}] next UID`,
      String.raw`* OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft)] flags`,
    ]);
  };

const status: CommandHandler = (state, [name, items]) => {
  const mailbox = mailboxOf(state, name);
  if (mailbox === undefined) return no('[NONEXISTENT] there is no such folder');
  const values: Readonly<Record<string, number>> = {
    MESSAGES: mailbox.messages.length,
    RECENT: 0,
    UIDNEXT: mailbox.uidNext,
    UIDVALIDITY: mailbox.uidValidity,
    UNSEEN: mailbox.messages.filter(({ flags }) => !flags.has('\\Seen')).length,
  };
  const asked = (Array.isArray(items) ? items : []).map((item: Token) => textOf(item).toUpperCase());
  const known = asked.filter((item) => values[item] !== undefined);
  return ok('status', [`* STATUS "${mailbox.name}" (${known.map((item) => `${item} ${values[item]}`).join(' ')})`]);
};

/** Lists the folders; patterns other than `*`, `%` and a whole name match nothing. */
const list =
  (verb: string): CommandHandler =>
  (state, args) => {
    const pattern = textOf(args[1]);
    if (pattern === '') return ok('listed', [String.raw`* ${verb} (\Noselect) "/" ""`]);
    const names = [...state.mailboxes.keys()].filter((name) => ['*', '%', name].includes(pattern));
    return ok(
      'listed',
      names.map((name) => String.raw`* ${verb} (\HasNoChildren) "/" "${name}"`),
    );
  };

const searchUids: CommandHandler = ({ folder }, criteria) => {
  if (folder === undefined) return bad('no folder is selected');
  try {
    const uids = search(criteria, folder.mails).map(({ uid }) => uid);
    return ok('searched', [['* SEARCH', ...uids].join(' ')]);
  } catch (error) {
    if (error instanceof SyntaxError) return bad(error.message);
    throw error;
  }
};

function fetchLine(folder: SelectedFolder, mail: StoredMail, items: readonly string[]): Buffer | undefined {
  if (!folder.mailbox.messages.includes(mail)) return undefined;
  const marks = items.some((item) => parseBodySection(item)?.peek === false);
  if (marks && !folder.readOnly) mail.flags.add('\\Seen');
  const parts = items.map((item) => fetchResponse(mail, item)).filter((part) => part !== undefined);
  const joined = parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(' '), part]));
  const place = folder.mails.indexOf(mail) + 1;
  return Buffer.concat([Buffer.from(`* ${place} FETCH (`), ...joined, Buffer.from(')')]);
}

const fetch =
  (byUid: boolean): CommandHandler =>
  ({ folder }, [set, asked]) => {
    if (folder === undefined) return bad('no folder is selected');
    const numbers = folder.mails.map(({ uid }, index) => (byUid ? uid : index + 1));
    const wanted = new Set(numbersIn(textOf(set), numbers));
    const mails = folder.mails.filter((_mail, index) => wanted.has(numbers[index] ?? 0));
    const names = (Array.isArray(asked) ? asked : [asked]).map((token: Token | undefined) => textOf(token));
    const lines = mails.map((mail) => fetchLine(folder, mail, fetchItems(names, byUid)));
    return ok(
      'fetched',
      lines.filter((line) => line !== undefined),
    );
  };

/** `APPEND <folder> [(flags)] ["date"] {literal}` */
const append: CommandHandler = (state, args) => {
  const mailbox = mailboxOf(state, args[0]);
  const raw = args.at(-1);
  if (mailbox === undefined) return no('[TRYCREATE] there is no such folder');
  if (!Buffer.isBuffer(raw)) return bad('a literal is needed');
  const options = args.slice(1, -1);
  const flags = options.find((token): token is readonly Token[] => Array.isArray(token)) ?? [];
  const date = options.find((token): token is string => typeof token === 'string');
  const internalDate = date === undefined ? undefined : readWireDate(date);
  const uid = mailbox.append(raw, {
    flags: flags.map(textOf),
    ...(internalDate === undefined ? {} : { internalDate }),
  });
  return ok(`[APPENDUID ${mailbox.uidValidity} ${uid}] appended`);
};

/** Commands that anybody may give. */
export const OPEN_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  CAPABILITY: ({ credentials }) => ok('capabilities', [`* CAPABILITY ${capabilities(credentials)}`]),
  NOOP: () => ok('nothing'),
  ID: () => ok('known', ['* ID ("name" "omniline-simulator")']),
  LOGIN: (state, [user, password]) => logIn(state, textOf(user), textOf(password)),
};

/** Commands that need a login. */
export const COMMANDS: Readonly<Record<string, CommandHandler>> = {
  NAMESPACE: () => ok('namespaces', ['* NAMESPACE (("" "/")) NIL NIL']),
  LIST: list('LIST'),
  LSUB: list('LSUB'),
  STATUS: status,
  SELECT: open(false),
  EXAMINE: open(true),
  CLOSE: (state) => {
    state.folder = undefined;
    return ok('closed');
  },
  CHECK: () => ok('checked'),
  FETCH: fetch(false),
  'UID FETCH': fetch(true),
  'UID SEARCH': searchUids,
  APPEND: append,
};
