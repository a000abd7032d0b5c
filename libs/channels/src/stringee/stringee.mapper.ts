import type { CallOutcome, CallReport } from '@app/contracts';
import { cleanIdentifier, present } from '@app/kernel';
import type { ParseContext, ParseResult } from '../channel-adapter.js';
import { callUpdated } from '../shared/call-event.js';
import { rawElement, rejectElement } from '../shared/element.js';
import { idOf, numberOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { instantOf } from '../shared/instant-of.js';
import { readJson } from '../shared/read-json.js';

const nothing: ParseResult = { events: [], rejected: [], ignored: [] };

/** `call_status`; `agentEnded` is about the leg of an agent. */
const STAGES: Readonly<Record<string, 'initiated' | 'ringing' | 'answered' | 'ended'>> = {
  created: 'initiated',
  started: 'initiated',
  ringing: 'ringing',
  answered: 'answered',
  ended: 'ended',
};

/** SIP answers in `endCallCause` of a call that we made and nobody took. */
const CAUSES: readonly (readonly [RegExp, CallOutcome])[] = [
  [/^(?:486|600)\b/, 'busy'],
  [/^(?:408|480)\b/, 'no_answer'], // it rang until the network gave up
  [/^487\b/, 'canceled'], // we hung up while it rang
];

const iso = (time: number): string => new Date(time).toISOString();

type Direction = 'inbound' | 'echo' | 'internal';

/** Who is outside decides the direction. */
function directionOf(from: JsonObject | undefined, to: JsonObject | undefined): Direction | undefined {
  if (from?.['type'] === 'external') return 'inbound';
  if (from?.['type'] !== 'internal') return undefined;
  return to?.['type'] === 'external' ? 'echo' : 'internal';
}

/** A call that nobody took is missed for the customer, whatever the network says; the cause is kept beside. */
function outcomeOf(body: JsonObject, direction: Direction): CallOutcome {
  if ((numberOf(body['answerDuration']) ?? 0) > 0) return 'answered';
  if (direction === 'inbound') return 'missed';
  const cause = textOf(body['endCallCause']) ?? '';
  return CAUSES.find(([pattern]) => pattern.test(cause))?.[1] ?? 'failed';
}

const secondsOf = (value: unknown): number | undefined => {
  const number = numberOf(value);
  return number === undefined || number < 0 || number > 1e7 ? undefined : Math.round(number);
};

/** The file that Stringee keeps of a call; fetching it takes a token of the project. */
function recordingOf(callId: string, { account }: ParseContext): CallReport['recording'] {
  if (account.settings['recordings'] !== true) return undefined;
  const locator = `https://api.stringee.com/v1/call/recordfile/${encodeURIComponent(callId)}`;
  return { id: callId, state: 'available', source: 'url', locator };
}

function endOf(body: JsonObject, timeMs: number | undefined, direction: Direction): CallReport {
  const duration = secondsOf(body['duration']);
  const talked = secondsOf(body['answerDuration']);
  const cause = textOf(body['endCallCause']);
  return present({
    stage: 'ended' as const,
    outcome: outcomeOf(body, direction),
    ended_at: timeMs === undefined ? undefined : iso(timeMs),
    started_at: timeMs === undefined || duration === undefined ? undefined : iso(timeMs - duration * 1000),
    talk_seconds: talked === undefined || talked === 0 ? undefined : talked,
    cause: cause === undefined ? undefined : cleanIdentifier(cause).slice(0, 128),
  });
}

function reportOf(
  body: JsonObject,
  stage: string,
  times: { timeMs: number | undefined },
  direction: Direction,
): CallReport {
  const { timeMs } = times;
  if (stage === 'ended') return endOf(body, timeMs, direction);
  const at = timeMs === undefined ? undefined : iso(timeMs);
  if (stage !== 'answered') return { stage };
  const agent = direction === 'inbound' ? idOf(body['request_from_user_id']) : undefined;
  return present({
    stage,
    answered_at: at,
    leg: agent === undefined ? undefined : present({ id: agent, agent, answered_at: at }),
  });
}

/**
 * Reads one event of a call. Fields are as the page of the provider names them; what it leaves open is noted in
 * docs/channels/stringee.md.
 */
export function mapCallEvent(bytes: Buffer, context: ParseContext): ParseResult {
  const reject = (code: 'decode_failed' | 'unsupported_content', detail: string): ParseResult => ({
    ...nothing,
    rejected: [rejectElement(code, detail, { accountId: context.account.id, bytes })],
  });
  const reading = readJson(bytes);
  if (!reading.ok) return reject('decode_failed', 'the body is not JSON');
  const body = objectOf(reading.value);
  const callId = idOf(body?.['call_id']);
  const status = textOf(body?.['call_status']);
  if (body === undefined || callId === undefined || status === undefined)
    return reject('unsupported_content', 'no call_id or call_status');
  const timeMs = instantOf(body['timestamp_ms']);
  const [from, to] = [objectOf(body['from']), objectOf(body['to'])];
  const direction = directionOf(from, to);
  const frame = {
    context,
    providerName: 'stringee',
    callId,
    timeMs,
    timestamp: idOf(body['timestamp_ms']),
    raw: rawElement(bytes),
  };
  if (status === 'agentEnded') {
    const agent = idOf(body['request_from_user_id']);
    if (agent === undefined) return { ...nothing, ignored: [{ reason: 'agent_unknown' }] };
    const leg = present({ id: agent, agent, ended_at: timeMs === undefined ? undefined : iso(timeMs) });
    const reportId = JSON.stringify([status, agent, frame.timestamp ?? '']);
    return {
      ...nothing,
      events: [callUpdated({ ...frame, direction: 'inbound', customer: undefined, reportId, report: { leg } })],
    };
  }
  const stage = Object.hasOwn(STAGES, status) ? STAGES[status] : undefined;
  if (stage === undefined) return reject('unsupported_content', 'a call_status that is not documented');
  if (direction === undefined) return reject('unsupported_content', 'from.type tells no direction');
  if (direction === 'internal') return { ...nothing, ignored: [{ reason: 'internal_call' }] };
  const [outside, ours] = direction === 'inbound' ? [from, to] : [to, from];
  const ourNumber = idOf(ours?.['number']);
  const report = present({
    ...reportOf(body, stage, { timeMs }, direction),
    our_number: ourNumber,
    recording:
      stage === 'ended' && outcomeOf(body, direction) === 'answered' ? recordingOf(callId, context) : undefined,
  });
  return {
    ...nothing,
    events: [callUpdated({ ...frame, direction, customer: idOf(outside?.['number']) ?? '', reportId: status, report })],
  };
}
