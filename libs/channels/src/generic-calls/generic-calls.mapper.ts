import type { CallOutcome, CallReport } from '@app/contracts';
import { cleanIdentifier, present } from '@app/kernel';
import type { ParseContext, ParsedEvent, ParseResult, RejectedElement } from '../channel-adapter.js';
import { agentOf, callUpdated, isExtension } from '../shared/call-event.js';
import { rawElement, rejectElement } from '../shared/element.js';
import { idOf, listOf, numberOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { sha256Hex } from '../shared/hmac.js';
import { instantOf } from '../shared/instant-of.js';
import { locateJson } from '../shared/read-json.js';

const STAGES = new Set(['initiated', 'ringing', 'answered', 'ended']);
const DIRECTIONS: Readonly<Record<string, 'inbound' | 'echo' | 'internal'>> = {
  in: 'inbound',
  out: 'echo',
  internal: 'internal',
};
const HUNG_UP = new Set(['customer', 'agent', 'system']);
const RECORDING_STATES = new Set(['pending', 'available', 'absent', 'failed']);

/** Our words, and those of Asterisk's `DIALSTATUS` and of its call records. */
const OUTCOMES: Readonly<Record<string, CallOutcome>> = {
  answered: 'answered',
  answer: 'answered',
  missed: 'missed',
  voicemail: 'voicemail',
  busy: 'busy',
  no_answer: 'no_answer',
  noanswer: 'no_answer',
  'no answer': 'no_answer',
  canceled: 'canceled',
  cancel: 'canceled',
  failed: 'failed',
  congestion: 'failed',
  chanunavail: 'failed',
  invalidargs: 'failed',
  unknown: 'unknown',
};

/** What nobody took is missed for a customer who called; `voicemail` and `answered` stay. */
const AS_INBOUND: Partial<Record<CallOutcome, CallOutcome>> = {
  busy: 'missed',
  no_answer: 'missed',
  canceled: 'missed',
};

/** An element's problem, in words without its content. */
class ReportProblem {
  constructor(readonly detail: string) {}
}

const isoOf = (value: unknown): string | undefined => {
  const time = instantOf(value);
  return time === undefined ? undefined : new Date(time).toISOString();
};

function outcomeOf(value: unknown, direction: string): CallOutcome | undefined | ReportProblem {
  const word = textOf(value)?.toLowerCase();
  if (word === undefined) return undefined;
  const outcome = Object.hasOwn(OUTCOMES, word) ? OUTCOMES[word] : undefined;
  if (outcome === undefined) return new ReportProblem('an outcome that is not documented');
  return direction === 'inbound' ? (AS_INBOUND[outcome] ?? outcome) : outcome;
}

const secondsOf = (value: unknown): number | undefined => {
  const number = numberOf(value);
  return number === undefined || number < 0 || number > 1e7 ? undefined : Math.round(number);
};

/** The agent's leg: by its own id, else by the agent, so that one agent who is rung twice is one leg. */
function legOf(element: JsonObject, stage: string | undefined, at: string | undefined): CallReport['leg'] {
  const agent = textOf(element['agent']) ?? idOf(element['agent']);
  const id = idOf(element['leg_id']) ?? agent;
  if (id === undefined) return undefined;
  return present({
    id: cleanIdentifier(id).slice(0, 128),
    agent: agent === undefined ? undefined : agentOf(agent),
    answered_at: stage === 'answered' ? at : undefined,
  });
}

function recordingOf(value: unknown): CallReport['recording'] | ReportProblem {
  const recording = objectOf(value);
  if (recording === undefined) return value === undefined ? undefined : new ReportProblem('recording is no object');
  const id = idOf(recording['id']);
  const url = textOf(recording['url']);
  if (id === undefined) return new ReportProblem('recording.id is missing');
  if (url !== undefined && !/^https?:\/\//i.test(url)) return new ReportProblem('recording.url is no web address');
  const state = textOf(recording['state']) ?? (url === undefined ? 'pending' : 'available');
  if (!RECORDING_STATES.has(state)) return new ReportProblem('recording.state is not documented');
  return present({
    id,
    state,
    source: url === undefined ? 'provider' : 'url',
    locator: cleanIdentifier(url ?? id),
    duration_seconds: secondsOf(recording['seconds']),
  });
}

/** What of a call an element tells besides who it is with. */
function reportOf(element: JsonObject, direction: string): CallReport | ReportProblem {
  const stage = textOf(element['status']);
  if (stage !== undefined && !STAGES.has(stage)) return new ReportProblem('a status that is not documented');
  const outcome = outcomeOf(element['outcome'], direction);
  const recording = recordingOf(element['recording']);
  if (outcome instanceof ReportProblem) return outcome;
  if (recording instanceof ReportProblem) return recording;
  const at = isoOf(element['time']);
  const hungUpBy = textOf(element['hung_up_by']);
  return present({
    stage: stage as CallReport['stage'],
    outcome,
    started_at: isoOf(element['started_at']),
    answered_at: isoOf(element['answered_at']) ?? (stage === 'answered' ? at : undefined),
    ended_at: isoOf(element['ended_at']) ?? (stage === 'ended' ? at : undefined),
    talk_seconds: secondsOf(element['talk_seconds']),
    our_number: idOf(element['our_number'])?.slice(0, 64),
    leg: legOf(element, stage, at),
    recording,
    hung_up_by: hungUpBy !== undefined && HUNG_UP.has(hungUpBy) ? hungUpBy : undefined,
    cause: idOf(element['cause'])?.slice(0, 128),
  });
}

/** Outcome of one element. */
type Mapped = ParsedEvent | 'internal' | ReportProblem;

function mapElement(value: unknown, bytes: Buffer, context: ParseContext): Mapped {
  const element = objectOf(value);
  const callId = idOf(element?.['call_id']);
  if (element === undefined || callId === undefined) return new ReportProblem('call_id is missing');
  const word = textOf(element['direction']) ?? 'in';
  const direction = Object.hasOwn(DIRECTIONS, word) ? DIRECTIONS[word] : undefined;
  if (direction === undefined) return new ReportProblem('direction is not in, out or internal');
  const customer = textOf(element['customer']) ?? idOf(element['customer']);
  if (direction === 'internal' || (customer !== undefined && isExtension(customer))) return 'internal';
  const report = reportOf(element, direction);
  if (report instanceof ReportProblem) return report;
  return callUpdated({
    context,
    providerName: 'http',
    callId,
    reportId: idOf(element['event_id']) ?? sha256Hex(bytes),
    direction,
    customer,
    timeMs: instantOf(element['time']),
    timestamp: idOf(element['time']),
    raw: rawElement(bytes),
    report,
  });
}

/** Reads a body: one report, or a list of them. One that cannot be read does not take its neighbours with it. */
export function mapReports(body: Buffer, context: ParseContext): ParseResult {
  const accountId = context.account.id;
  const reading = locateJson(body, 1);
  if (!reading.ok) {
    return {
      events: [],
      rejected: [rejectElement('decode_failed', 'the body is not JSON', { accountId, bytes: body })],
      ignored: [],
    };
  }
  const nodes = reading.root.elements;
  const elements =
    nodes === undefined || nodes.length === 0
      ? [{ value: reading.value, bytes: body }]
      : listOf(reading.value).map((value, index) => ({
          value,
          bytes: body.subarray(nodes[index]!.start, nodes[index]!.end),
        }));
  const events: ParsedEvent[] = [];
  const rejected: RejectedElement[] = [];
  const ignored: { reason: string }[] = [];
  for (const { value, bytes } of elements) {
    const mapped = mapElement(value, bytes, context);
    if (mapped === 'internal') ignored.push({ reason: 'internal_call' });
    else if (mapped instanceof ReportProblem)
      rejected.push(rejectElement('unsupported_content', mapped.detail, { accountId, bytes }));
    else events.push(mapped);
  }
  return { events, rejected, ignored };
}
