import type { PlannedStep } from './planned-step.js';
import type { DemoAccountId, Role, StepKind } from './script/step.js';

/** What the demonstration knows must stand on a timeline in the end. */
export interface ExpectedEntry {
  readonly account: DemoAccountId;
  /** Provider's id of the message; of a mail its Message-ID. */
  readonly id: string;
  readonly who: Role;
  readonly direction: 'inbound' | 'outbound';
  readonly isRemoved: boolean;
  readonly isEdited: boolean;
  readonly isReactedTo: boolean;
  readonly isRead: boolean;
  /** When it happened by the sender's clock; undefined where the provider states no time or a false one. */
  readonly at: Date | undefined;
  /** Text in the end; undefined where the channel decides what the text is. */
  readonly text: string | undefined;
}

/** What must be there, and what must not. */
export interface Ledger {
  readonly expected: readonly ExpectedEntry[];
  /** Who is on one timeline, because a provider or the shop's own system vouches for number and address. */
  readonly proved: readonly Role[];
  /** Ids of forged messages. */
  readonly forged: ReadonlySet<string>;
}

/** Name of an entry among all accounts. */
export const entryName = (account: string, id: string): string => `${account} ${id}`;

/** Events without an id of their own are named by the connector after what happened, to whom and when. */
function idOf({ step, account, id, person, at }: PlannedStep): string {
  if (step.kind === 'order' || step.kind === 'visit') return `${step.kind}:${id}`;
  if (account === 'lien-he') return `form:${id}`;
  if (step.kind === 'follow') return `follow:${person.zaloId}:${at.getTime()}`;
  if (step.kind === 'share') return `submit:${person.zaloId}:${at.getTime()}`;
  return id;
}

const ENTRIES: ReadonlySet<StepKind> = new Set(['say', 'answer', 'follow', 'share', 'order', 'visit', 'call']);
const makesEntry = ({ step }: PlannedStep): boolean => ENTRIES.has(step.kind);
const isAbout = (change: PlannedStep, { account, id }: PlannedStep): boolean =>
  change.account === account && change.about.at(-1) === id;

/** In Messenger whoever has seen something has seen everything before it; in Zalo messages are named. */
function isReadBy(seen: PlannedStep, entry: PlannedStep): boolean {
  if (entry.step.kind !== 'answer' || seen.account !== entry.account || seen.person !== entry.person) return false;
  return entry.account === 'fb-shop' ? entry.at <= seen.at : isAbout(seen, entry);
}

/** Steps whose text is the entry's text. */
const IN_WORDS: ReadonlySet<StepKind> = new Set(['say', 'answer']);

/** The hotline's provider states no time at all. */
const timeOf = ({ account, step, at }: PlannedStep): Date | undefined =>
  account === 'hotline-sms' || step.oddity === 'future' ? undefined : at;

function finalText(entry: PlannedStep, edits: readonly PlannedStep[]): string | undefined {
  if (entry.step.extra !== undefined) return undefined;
  return (edits.at(-1) ?? entry).step.text?.normalize('NFC');
}

function expectEntry(entry: PlannedStep, changes: readonly PlannedStep[]): ExpectedEntry {
  const of = (kind: string): PlannedStep[] => changes.filter(({ step }) => step.kind === kind);
  const edits = of('edit').filter((change) => isAbout(change, entry));
  return {
    account: entry.account,
    id: idOf(entry),
    who: entry.person.role,
    direction: entry.step.kind === 'answer' ? 'outbound' : 'inbound',
    isRemoved: of('remove').some((change) => isAbout(change, entry)),
    isEdited: edits.length > 0,
    isReactedTo: of('react').some((change) => isAbout(change, entry)),
    isRead: of('seen').some((change) => isReadBy(change, entry)),
    at: timeOf(entry),
    text: IN_WORDS.has(entry.step.kind) ? finalText(entry, edits) : undefined,
  };
}

/** Works out from the script alone what a faithful system shows in the end, whatever happens on the way. */
export function writeLedger(steps: readonly PlannedStep[]): Ledger {
  const genuine = steps.filter(({ step }) => step.oddity !== 'forged');
  const changes = genuine.filter((step) => !makesEntry(step));
  return {
    expected: genuine.filter(makesEntry).map((entry) => expectEntry(entry, changes)),
    proved: [...new Set(genuine.filter(({ account }) => account === 'cua-hang').map(({ person }) => person.role))],
    forged: new Set(
      steps.filter(({ step }) => step.oddity === 'forged').map(({ account, id }) => entryName(account, id)),
    ),
  };
}
