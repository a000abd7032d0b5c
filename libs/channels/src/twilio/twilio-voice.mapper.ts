import type { CallOutcome, CallReport } from '@app/contracts';
import { normalisePhone } from '@app/identity';
import { cleanIdentifier, present } from '@app/kernel';
import type { ParseContext, ParseResult } from '../channel-adapter.js';
import { agentOf, callUpdated, isExtension, type ReportedCall } from '../shared/call-event.js';
import { rawElement, rejectElement } from '../shared/element.js';
import { param, type TwilioDelivery } from './twilio.request.js';

const nothing: ParseResult = { events: [], rejected: [], ignored: [] };

/** `CallStatus` of a leg that ended, and what it means for whoever was called. */
const LEG_OUTCOMES: Readonly<Record<string, CallOutcome>> = {
  completed: 'answered', // somebody took the call and it ended normally
  answered: 'answered', // only in DialCallStatus, where the call goes on
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed', // no such number, or no way to it
  canceled: 'canceled', // the caller gave up while it rang
};

/** `CallStatus` before the end. */
const UNDER_WAY: Readonly<Record<string, 'initiated' | 'ringing' | 'answered'>> = {
  queued: 'initiated',
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
};

/** Attestation by which the caller's network vouches for the number (STIR/SHAKEN, level A). */
const VOUCHED = 'TN-Validation-Passed-A';

const RFC_5322 = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT|UTC)$/;

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || !RFC_5322.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

const secondsOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined;

const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();

const lookUp = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** A status callback with what every kind of report needs of it. */
interface Callback {
  readonly delivery: TwilioDelivery;
  readonly context: ParseContext;
  readonly callSid: string;
  readonly status: string;
  readonly timeMs: number | undefined;
  readonly durationS: number | undefined;
}

const before = ({ timeMs, durationS }: Callback): string | undefined =>
  timeMs === undefined || durationS === undefined ? undefined : iso(timeMs - durationS * 1000);

/** Why a leg ended as it did; a normal end has no cause. */
function causeOf({ delivery, status }: Callback): string | undefined {
  const code = param(delivery, 'SipResponseCode');
  if (code === undefined) return status === 'completed' ? undefined : status;
  return `${status} ${cleanIdentifier(code)}`;
}

const isMachine = ({ delivery }: Callback): boolean => /^(?:machine|fax)/.test(param(delivery, 'AnsweredBy') ?? '');

/** The leg of an agent who was dialled; how the whole call goes it tells only by ringing and answering. */
function agentLeg(callback: Callback): CallReport {
  const { delivery, status } = callback;
  const leg = { id: cleanIdentifier(callback.callSid), agent: agentOf(param(delivery, 'To', 'Called') ?? '') };
  const stage = lookUp(UNDER_WAY, status);
  const at = iso(callback.timeMs);
  if (stage !== undefined) {
    return present({
      stage: stage === 'initiated' ? undefined : stage,
      leg: present({ ...leg, answered_at: stage === 'answered' ? at : undefined }),
    });
  }
  const outcome = lookUp(LEG_OUTCOMES, status);
  const answeredAt = outcome === 'answered' ? before(callback) : undefined;
  return { leg: present({ ...leg, outcome, ended_at: at, answered_at: answeredAt }) };
}

/**
 * A leg to which somebody outside is called: its answer is the customer's.
 *
 * @param stage undefined once it ended
 */
function dialledCustomer(callback: Callback): CallReport {
  const { status } = callback;
  const stage = lookUp(UNDER_WAY, status);
  const at = iso(callback.timeMs);
  if (stage !== undefined)
    return present({ stage, answered_at: stage === 'answered' && !isMachine(callback) ? at : undefined });
  const outcome = isMachine(callback) ? 'voicemail' : lookUp(LEG_OUTCOMES, status);
  return present({
    stage: 'ended' as const,
    outcome,
    ended_at: at,
    answered_at: outcome === 'answered' ? before(callback) : undefined,
    cause: causeOf(callback),
  });
}

/** The leg of a caller. That Twilio took the call means nothing: whether a person did, the agents' legs tell. */
function callerLeg(callback: Callback): CallReport {
  const { status } = callback;
  if (lookUp(UNDER_WAY, status) !== undefined) return { stage: 'ringing' };
  const outcome = lookUp(LEG_OUTCOMES, status);
  return present({
    stage: 'ended' as const,
    outcome: outcome === 'answered' ? ('unknown' as const) : outcome === 'failed' ? outcome : ('missed' as const),
    started_at: before(callback),
    ended_at: iso(callback.timeMs),
    cause: causeOf(callback),
  });
}

/** A recording, which comes after the end; a message that a caller left is one as well. */
function recordingOf({ delivery }: Callback): CallReport | undefined {
  const id = param(delivery, 'RecordingSid');
  if (id === undefined) return undefined;
  const url = param(delivery, 'RecordingUrl');
  const state = { 'in-progress': 'pending', absent: 'absent', failed: 'failed' }[
    param(delivery, 'RecordingStatus') ?? ''
  ];
  const isMessage = param(delivery, 'RecordingSource') === 'RecordVerb';
  return present({
    outcome: isMessage && state === undefined ? ('voicemail' as const) : undefined,
    recording: present({
      id: cleanIdentifier(id),
      state: state ?? (url === undefined ? 'pending' : 'available'),
      source: url === undefined ? 'provider' : 'url',
      locator: cleanIdentifier(url === undefined ? id : `${url}.mp3`),
      declared_media_type: 'audio/mpeg',
      duration_seconds: secondsOf(param(delivery, 'RecordingDuration')),
    }),
  });
}

/** What `<Dial action>` tells when the dialled leg is over. */
function dialOf({ delivery }: Callback): CallReport | undefined {
  const outcome = lookUp(LEG_OUTCOMES, param(delivery, 'DialCallStatus') ?? '');
  const id = param(delivery, 'DialCallSid');
  if (outcome === undefined) return undefined;
  return present({
    outcome: id === undefined ? outcome : undefined,
    leg: id === undefined ? undefined : { id: cleanIdentifier(id), outcome },
    talk_seconds: outcome === 'answered' ? secondsOf(param(delivery, 'DialCallDuration')) : undefined,
  });
}

/** Whom a report is about: a leg that names nobody has neither customer nor number. */
type Sides = Pick<ReportedCall, 'direction' | 'customer' | 'authenticity' | 'report'>;

const withoutScheme = (party: string): string => party.replace(/^(?:sip|tel|whatsapp):/i, '');

function inboundSides(callback: Callback, from: string, to: string): Sides | 'internal' {
  if (isExtension(from)) return 'internal';
  const vouched = param(callback.delivery, 'StirVerstat') === VOUCHED;
  const report = present({ ...callerLeg(callback), our_number: cleanIdentifier(withoutScheme(to)) || undefined });
  return { direction: 'inbound', customer: withoutScheme(from), authenticity: vouched ? 'A2' : 'A1', report };
}

function outboundSides(callback: Callback, from: string, to: string): Sides {
  const report = present({
    ...dialledCustomer(callback),
    our_number: cleanIdentifier(withoutScheme(from)) || undefined,
  });
  return { direction: 'echo', customer: withoutScheme(to), report };
}

/** In an account of agents who dial: the first leg is the agent's, what it dials is the customer's. */
function sidesOf(callback: Callback, isChild: boolean): Sides | 'internal' {
  const { delivery, context } = callback;
  const [from, to] = [param(delivery, 'From', 'Caller') ?? '', param(delivery, 'To', 'Called') ?? ''];
  const dialsCustomers = context.account.settings['dialled'] === 'customer';
  if (isChild) {
    if (!dialsCustomers || normalisePhone(withoutScheme(to)).kind === 'label') {
      return { direction: 'inbound', customer: undefined, report: agentLeg(callback) };
    }
    return outboundSides(callback, from, to);
  }
  if (dialsCustomers && isExtension(from)) {
    const leg = { id: cleanIdentifier(callback.callSid), agent: agentOf(from) };
    return { direction: 'echo', customer: undefined, report: { leg } };
  }
  if (param(delivery, 'Direction') === 'inbound' || param(delivery, 'Direction') === undefined) {
    return inboundSides(callback, from, to);
  }
  return isExtension(to) ? 'internal' : outboundSides(callback, from, to);
}

/**
 * Reads a callback of a call: of its first leg, of an agent's leg, of a `<Dial>` that is over, or of a recording. All of
 * one call bear the id of the first leg.
 */
export function mapCall(delivery: TwilioDelivery, context: ParseContext): ParseResult {
  const reject = (detail: string): ParseResult => ({
    ...nothing,
    rejected: [rejectElement('unsupported_content', detail, { accountId: context.account.id, bytes: delivery.bytes })],
  });
  const callSid = param(delivery, 'CallSid');
  if (callSid === undefined) return reject('no CallSid');
  const parent = param(delivery, 'ParentCallSid');
  const status = (param(delivery, 'CallStatus') ?? '').toLowerCase();
  const timestamp = param(delivery, 'Timestamp', 'RecordingStartTime');
  const durationS = secondsOf(param(delivery, 'CallDuration'));
  const callback: Callback = { delivery, context, callSid, status, timeMs: timeOf(timestamp), durationS };
  const frame = {
    context,
    providerName: 'twilio',
    callId: parent ?? callSid,
    timeMs: callback.timeMs,
    timestamp,
    raw: rawElement(
      delivery.bytes,
      'application/x-www-form-urlencoded',
      JSON.stringify({ method: delivery.request.method }),
    ),
  };
  const reportId = (...parts: readonly (string | undefined)[]): string =>
    JSON.stringify(parts.map((part) => part ?? ''));
  const unnamed = { ...frame, direction: 'inbound' as const, customer: undefined };

  const recording = recordingOf(callback);
  if (param(delivery, 'RecordingStatus') !== undefined) {
    if (recording === undefined) return reject('no RecordingSid');
    const id = reportId(param(delivery, 'RecordingSid'), param(delivery, 'RecordingStatus'));
    return { ...nothing, events: [callUpdated({ ...unnamed, reportId: id, report: recording })] };
  }
  if (param(delivery, 'DialCallStatus') !== undefined) {
    const report = dialOf(callback);
    if (report === undefined) return reject('a DialCallStatus that is not documented');
    const id = reportId('dial', param(delivery, 'DialCallSid'), param(delivery, 'DialCallStatus'));
    return { ...nothing, events: [callUpdated({ ...unnamed, reportId: id, report: { ...report, ...recording } })] };
  }
  if (lookUp(UNDER_WAY, status) === undefined && lookUp(LEG_OUTCOMES, status) === undefined)
    return reject('a CallStatus that is not documented');
  const sides = sidesOf(callback, parent !== undefined);
  if (sides === 'internal') return { ...nothing, ignored: [{ reason: 'internal_call' }] };
  const id = reportId(callSid, param(delivery, 'SequenceNumber'), status);
  return {
    ...nothing,
    events: [callUpdated({ ...frame, ...sides, reportId: id, report: { ...sides.report, ...recording } })],
  };
}
