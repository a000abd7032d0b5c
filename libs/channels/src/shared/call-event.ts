import {
  inboundEventId,
  INBOUND_TYPES,
  type Authenticity,
  type CallReport,
  type CallUpdated,
  type Raw,
} from '@app/contracts';
import { phoneIdentity, toE164 } from '@app/identity';
import { chooseOccurredAt, cleanIdentifier, present } from '@app/kernel';
import type { ParseContext, ParsedEvent } from '../channel-adapter.js';

/** What a provider reports of a call, before it becomes an event. */
export interface ReportedCall {
  readonly context: ParseContext;
  /** Provider as in the accounts file. */
  readonly providerName: string;
  /** Provider's id of the call's first leg: all reports of a call have the same one. */
  readonly callId: string;
  /** Tells the reports of one call apart; the same for a repeated report. */
  readonly reportId: string;
  /** `echo`: we called. */
  readonly direction: 'inbound' | 'echo';
  /** The customer's number as written; undefined in a report that does not tell, for example of an agent's leg. */
  readonly customer: string | undefined;
  /** A caller's number can be forged: `A1`, unless the network vouches for it. Where we dialled there is nothing to forge. */
  readonly authenticity?: Authenticity;
  /** Provider's time in milliseconds since 1970; undefined when it states none that can be read. */
  readonly timeMs?: number | undefined;
  /** The same as sent. */
  readonly timestamp?: string | undefined;
  readonly raw: Raw;
  readonly report: CallReport;
}

/** Whether a party is a user or extension of ours: it rings an agent and identifies nobody. A mere short number may call from outside. */
export const isExtension = (party: string): boolean =>
  /^(?:client|user|agent):/i.test(party) ||
  /^(?:PJSIP|SIP|Local)\//.test(party) ||
  /^sip:(?:\d{1,6}|[^@]*[a-z][^@]*)(?:@|;|$)/i.test(party);

/** An agent as shown: without scheme, host and parameters. */
export const agentOf = (party: string): string =>
  cleanIdentifier(party.replace(/^(?:client|user|agent|sip|tel|pjsip|local)[:/]/i, '').replace(/[@;].*$/s, '')).slice(
    0,
    64,
  );

/**
 * The event of a report. Its record key is the call, so that the reports of one stay together; nothing depends on it, for
 * they add up in any order.
 */
export function callUpdated(reported: ReportedCall): ParsedEvent {
  const { context, direction } = reported;
  const { account } = context;
  const callId = cleanIdentifier(reported.callId);
  const { our_number: ourNumber } = reported.report;
  const time = chooseOccurredAt(reported.timeMs, context.receivedAt);
  const authenticity = direction === 'echo' ? 'A2' : (reported.authenticity ?? 'A1');
  const named =
    reported.customer === undefined
      ? undefined
      : phoneIdentity(reported.customer, { accountId: account.id, authenticity });
  const { claims: _claims, ...identity } = named ?? { claims: [] };
  const data: CallUpdated = {
    channel: 'voice',
    account_id: account.id,
    direction,
    ...(named === undefined ? {} : { identity: identity as NonNullable<CallUpdated['identity']> }),
    provider: {
      name: reported.providerName,
      message_id: callId,
      conversation_id: named?.value ?? callId,
      event_id: cleanIdentifier(reported.reportId),
      ...(reported.timestamp === undefined ? {} : { timestamp: cleanIdentifier(reported.timestamp) }),
    },
    message_kind: 'call',
    occurred_at: time.occurredAt.toISOString(),
    received_at: context.receivedAt.toISOString(),
    verification: {
      method: context.verification.method,
      ...(context.verification.keyId === undefined ? {} : { key_id: context.verification.keyId }),
    },
    raw: reported.raw,
    ...(time.clockAdjusted ? { flags: ['clock_adjusted'] } : {}),
    call: { ...reported.report, ...present({ our_number: ourNumber && (toE164(ourNumber) ?? ourNumber) }) },
  };
  const id = inboundEventId({
    accountId: account.id,
    eventKind: 'call',
    messageId: callId,
    revision: reported.reportId,
  });
  return { event: { id, type: INBOUND_TYPES.call, data }, account, senderId: callId };
}
