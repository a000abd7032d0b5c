import { createHash } from 'node:crypto';
import type { ProviderRequest } from '../delivery/provider-request.js';

/** A short code that we rent and the secret that signs its callbacks. */
export interface ShortCodeOptions {
  readonly clientId: string;
  /** The short code, for example `7068`. */
  readonly serviceId: string;
  readonly secureKey: string;
  /** Path of the webhook, for example `/webhooks/sms/sms-vn`. */
  readonly path: string;
}

/** A text to the short code. */
export interface ShortCodeMessage {
  /** Digits. */
  readonly requestId: string;
  /** The sender without a plus sign, for example `84912345678`. */
  readonly phone: string;
  /** Begins with the command word that the code was rented for. */
  readonly text: string;
  readonly sentAt: Date;
  /** True when the gateway delivers again what it could not deliver before. */
  readonly isRecovery?: boolean;
}

/** Signature of a callback: SHA-256 over some of its fields and the secret; the text is not among them. */
export function shortCodeChecksum(
  { clientId, secureKey }: Pick<ShortCodeOptions, 'clientId' | 'secureKey'>,
  { requestId, phone, time }: { readonly requestId: string; readonly phone: string; readonly time: string },
): string {
  return createHash('sha256').update(`${clientId}${requestId}${phone}${secureKey}${time}`).digest('base64');
}

/** A Vietnamese gateway that hands on texts to a short code, after the callback that V-COM documents. */
export class ShortCodeGateway {
  constructor(private readonly options: ShortCodeOptions) {}

  incoming({ requestId, phone, text, sentAt, isRecovery = false }: ShortCodeMessage): ProviderRequest {
    const { clientId, serviceId, path } = this.options;
    const time = String(Math.floor(sentAt.getTime() / 1000));
    const body = {
      type: isRecovery ? 'recovery' : 'new',
      client_id: clientId,
      request_id: requestId,
      service_id: serviceId,
      command_code: text.split(' ', 1)[0],
      message: text,
      telco: 'VT',
      phone,
      time,
      checksum: shortCodeChecksum(this.options, { requestId, phone, time }),
    };
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return { method: 'POST', path, headers, body: Buffer.from(JSON.stringify(body)) };
  }
}
