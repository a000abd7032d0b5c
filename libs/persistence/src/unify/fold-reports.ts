import type { Attachment, Call, CallUpdated, Content, Order, OrderReport, OrderUpdated } from '@app/contracts';
import { describeCall } from './describe-call.js';
import { describeOrder } from './describe-order.js';
import { foldCall, type PlacedReport } from './fold-call.js';
import { foldOrder } from './fold-order.js';

/** What the reports of one thing that goes on make of its entry. */
export interface Progress {
  readonly content: Content;
  readonly attachments: readonly Attachment[];
  readonly call?: Call;
  readonly order?: Order;
  /** When it began, and so where its entry stands; RFC 3339. */
  readonly startedAt: string;
}

/** Direction of an entry. */
export type Direction = 'inbound' | 'outbound' | 'internal';

/** Reports of a call together. */
export function progressOfCall(reports: readonly PlacedReport<CallUpdated['call']>[], direction: Direction): Progress {
  const { call, attachments } = foldCall(reports);
  const content = { type: 'system', text: describeCall(call, direction) };
  return { content, attachments, call, startedAt: call.started_at };
}

/** Reports of an order together. */
export function progressOfOrder(reports: readonly PlacedReport<OrderReport>[]): Progress {
  const { order, placedAt } = foldOrder(reports);
  return { content: { type: 'system', text: describeOrder(order) }, attachments: [], order, startedAt: placedAt };
}

/** What an entry holds that one report makes, until further ones come. */
export function progressOfOne(
  event: { readonly id: string } & (
    | { readonly type: 'omni.inbound.call.updated'; readonly data: CallUpdated }
    | { readonly type: 'omni.inbound.order.updated'; readonly data: OrderUpdated }
  ),
): Progress {
  const placed = { id: event.id, occurredAt: event.data.occurred_at };
  return event.type === 'omni.inbound.call.updated'
    ? progressOfCall([{ ...placed, report: event.data.call }], event.data.direction === 'echo' ? 'outbound' : 'inbound')
    : progressOfOrder([{ ...placed, report: event.data.order }]);
}
