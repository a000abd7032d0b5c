import type { ProviderRequest } from '../delivery/provider-request.js';
import { metaPost, type MetaAppOptions } from './meta-app.js';

/** Who writes: number without plus, and the id within the business portfolio. */
export interface WhatsAppPerson {
  readonly number: string;
  readonly userId: string;
  readonly name: string;
}

/** What happens on a number. */
export type WhatsAppItem =
  | { readonly from: WhatsAppPerson; readonly id: string; readonly text: string; readonly at: Date }
  | {
      readonly to: WhatsAppPerson;
      readonly id: string;
      readonly status: 'sent' | 'delivered' | 'read' | 'failed';
      /** Why it failed. */
      readonly code?: number;
      readonly at: Date;
    };

/** A business number of WhatsApp Cloud as its webhook sees it; times are seconds, as text. */
export class WhatsAppNumber {
  constructor(
    private readonly options: MetaAppOptions & { readonly businessId: string; readonly phoneNumberId: string },
  ) {}

  /** One POST; messages and statuses stand side by side. */
  post(items: readonly WhatsAppItem[]): ProviderRequest {
    const { businessId, phoneNumberId } = this.options;
    const incoming = items.flatMap((item) => ('from' in item ? [item] : []));
    const statuses = items.flatMap((item) => ('to' in item ? [item] : []));
    const value = {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '842873000000', phone_number_id: phoneNumberId },
      ...(incoming.length === 0
        ? {}
        : {
            contacts: incoming.map(({ from }) => ({
              profile: { name: from.name },
              wa_id: from.number,
              user_id: from.userId,
            })),
            messages: incoming.map(({ from, id, text, at }) => ({
              from: from.number,
              from_user_id: from.userId,
              id,
              timestamp: seconds(at),
              type: 'text',
              text: { body: text },
            })),
          }),
      ...(statuses.length === 0
        ? {}
        : {
            statuses: statuses.map(({ to, id, status, at, code = 131_026 }) => ({
              id,
              status,
              timestamp: seconds(at),
              recipient_id: to.number,
              recipient_user_id: to.userId,
              ...(status === 'failed' ? { errors: [{ code, title: 'Message undeliverable' }] } : {}),
            })),
          }),
    };
    return metaPost(
      'whatsapp_business_account',
      [{ id: businessId, changes: [{ field: 'messages', value }] }],
      this.options,
    );
  }
}

const seconds = (at: Date): string => String(Math.floor(at.getTime() / 1_000));
