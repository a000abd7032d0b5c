import { createHmac } from 'node:crypto';
import type { ProviderRequest } from '../delivery/provider-request.js';

/** A telephone exchange and the secret that signs its reports. */
export interface PhoneExchangeOptions {
  readonly signingSecret: string;
  /** Path of the webhook, for example `/webhooks/voice/tong-dai`. */
  readonly path: string;
  readonly ourNumber: string;
}

/** A report of a call. */
export interface PhoneReport {
  readonly callId: string;
  /** As the exchange shows it. */
  readonly customer: string;
  readonly status: 'ringing' | 'answered' | 'ended';
  readonly at: Date;
  readonly agent?: string;
  readonly outcome?: string;
}

/** An exchange whose hooks post signed JSON, as a line of its dialplan may. */
export class PhoneExchange {
  constructor(private readonly options: PhoneExchangeOptions) {}

  report({ callId, customer, status, at, agent, outcome }: PhoneReport): ProviderRequest {
    const { signingSecret, path, ourNumber } = this.options;
    const body = Buffer.from(
      JSON.stringify({
        call_id: callId,
        customer,
        status,
        time: Math.floor(at.getTime() / 1_000),
        our_number: ourNumber,
        agent,
        outcome,
      }),
    );
    const signature = createHmac('sha256', signingSecret).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-omniline-signature': `sha256=${signature}` };
    return { method: 'POST', path, headers, body };
  }
}
