import {
  CALL_OUTCOME_RANK,
  CALL_STAGE_RANK,
  RECORDING_STATES,
  type Attachment,
  type Call,
  type CallOutcome,
  type CallReport,
  type CallStage,
} from '@app/contracts';
import { present } from '@app/kernel';

/** A report with its place among the others: by time, then by id. */
export interface PlacedReport<Report> {
  readonly id: string;
  readonly occurredAt: string;
  readonly report: Report;
}

/** What reports together say: a function of their set. Times are RFC 3339. */
export interface FoldedCall {
  readonly call: Call;
  /** Recordings that can be fetched. */
  readonly attachments: readonly Attachment[];
}

type Leg = NonNullable<Call['legs']>[number];
type Recording = NonNullable<CallReport['recording']>;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const earliest = (times: readonly (string | undefined)[]): string | undefined =>
  times.filter((time) => time !== undefined).sort(byText)[0];
const first = <T>(values: readonly (T | undefined)[]): T | undefined => values.find((value) => value !== undefined);
const secondsBetween = (from: string, until: string): number =>
  Math.max(0, Math.round((Date.parse(until) - Date.parse(from)) / 1000));

const rankIn = (ranks: Readonly<Record<string, number>>, word: string): number =>
  Object.hasOwn(ranks, word) ? ranks[word]! : -1;

/** The word of the highest rank; a word of a newer connector has none and loses. */
function highest<Word extends string>(
  ranks: Readonly<Record<Word, number>>,
  words: readonly (string | undefined)[],
): Word | undefined {
  const known = words.filter((word): word is Word => word !== undefined && rankIn(ranks, word) >= 0);
  return known.sort((a, b) => ranks[b] - ranks[a])[0];
}

function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => byText(a, b));
}

function foldLegs(reports: readonly CallReport[]): readonly Leg[] {
  const said = reports.flatMap(({ leg }) => (leg === undefined ? [] : [leg]));
  const legs = groupsOf(said, ({ id }) => id).map(([id, parts]): Leg => {
    const answeredAt = earliest(parts.map((leg) => leg.answered_at));
    return present({
      id,
      agent: first(parts.map(({ agent }) => agent)),
      answered_at: answeredAt,
      ended_at: earliest(parts.map((leg) => leg.ended_at)),
      outcome:
        answeredAt === undefined
          ? highest(
              CALL_OUTCOME_RANK,
              parts.map(({ outcome }) => outcome),
            )
          : ('answered' as const),
    });
  });
  const place = (leg: Leg): string => leg.answered_at ?? '~';
  return legs.sort((a, b) => byText(place(a), place(b)));
}

/** Of each recording the furthest state, with what was said about it. */
function foldRecordings(reports: readonly CallReport[]): readonly Recording[] {
  const said = reports.flatMap(({ recording }) => (recording === undefined ? [] : [recording]));
  const rank = ({ state }: Recording): number => (RECORDING_STATES as readonly string[]).indexOf(state);
  return groupsOf(said, ({ id }) => id).map(([, parts]) => [...parts].sort((a, b) => rank(b) - rank(a))[0]!);
}

const toAttachment = (recording: Recording): Attachment => ({
  kind: 'audio',
  state: 'pending',
  source: recording.source,
  locator: recording.locator,
  ...(recording.declared_media_type === undefined ? {} : { declared_media_type: recording.declared_media_type }),
});

const asCallOutcome = (outcome: string): string => (outcome === 'answered' ? outcome : 'missed');

function outcomeOf(reports: readonly CallReport[], answeredAt: string | undefined): CallOutcome {
  if (answeredAt !== undefined) return 'answered';
  // An agent's line that was busy or gave up is a call missed, unless somebody else took it.
  const words = reports.flatMap(({ outcome, leg }) => [outcome, leg?.outcome && asCallOutcome(leg.outcome)]);
  return highest(CALL_OUTCOME_RANK, words) ?? 'unknown';
}

/** Talk time between answer and end; where no report tells the answer, what the provider counted. */
function secondsOf(
  times: { startedAt: string; answeredAt?: string; endedAt?: string },
  reports: readonly CallReport[],
) {
  const { startedAt, answeredAt, endedAt } = times;
  const stated = reports.map((report) => report.talk_seconds ?? 0).reduce((a, b) => Math.max(a, b), 0);
  const rangUntil = answeredAt ?? (stated > 0 ? undefined : endedAt);
  const talked =
    answeredAt !== undefined && endedAt !== undefined ? secondsBetween(answeredAt, endedAt) : stated || undefined;
  return {
    ring_seconds: rangUntil === undefined ? undefined : secondsBetween(startedAt, rangUntil),
    talk_seconds: talked,
  };
}

/**
 * What all reports of a call together make of it. Stages only move forward; of each time the earliest counts; legs and
 * recordings are kept by their ids. A function of the set, so any order of arrival gives the same call.
 *
 * @param placed at least one report, in any order
 */
export function foldCall(placed: readonly PlacedReport<CallReport>[]): FoldedCall {
  const ordered = [...placed].sort((a, b) => byText(a.occurredAt, b.occurredAt) || byText(a.id, b.id));
  const reports = ordered.map(({ report }) => report);
  const starts = ordered.map(({ report, occurredAt }) => report.started_at ?? (report.stage && occurredAt));
  const startedAt = earliest(starts) ?? ordered[0]!.occurredAt;
  const answeredAt = earliest(reports.flatMap((report) => [report.answered_at, report.leg?.answered_at]));
  const endedAt = earliest(reports.map((report) => report.ended_at));
  const stages = reports.map(({ stage }) => stage);
  const stage: CallStage =
    highest(CALL_STAGE_RANK, [...stages, answeredAt && 'answered', endedAt && 'ended']) ?? 'initiated';
  const legs = foldLegs(reports);
  const recordings = foldRecordings(reports);
  const times = { startedAt, ...present({ answeredAt, endedAt }) };
  const call: Call = present({
    stage,
    outcome: stage === 'ended' ? outcomeOf(reports, answeredAt) : undefined,
    started_at: startedAt,
    answered_at: answeredAt,
    ended_at: endedAt,
    ...secondsOf(times, reports),
    our_number: first(reports.map((report) => report.our_number)),
    legs: legs.length === 0 ? undefined : [...legs],
    recordings:
      recordings.length === 0
        ? undefined
        : recordings.map(({ id, state, duration_seconds }) => present({ id, state, duration_seconds })),
    hung_up_by: first(reports.map((report) => report.hung_up_by)),
    cause: first(reports.map(({ cause }) => cause)),
  });
  return { call, attachments: recordings.filter(({ state }) => state === 'available').map(toAttachment) };
}
