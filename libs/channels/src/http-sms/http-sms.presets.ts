import type { JsonObject } from '../shared/fields.js';

/** Reports as a form in the query or body, under the names that most gateways use. */
const genericReceipt = {
  id: 'id',
  to: 'phone',
  status: 'status',
  error: 'error',
  statuses: [
    { value: 'queued', status: 'queued' },
    { value: 'sent', status: 'sent' },
    { value: 'delivered', status: 'delivered' },
    { value: 'DELIVRD', status: 'delivered' },
    { value: 'failed', status: 'failed' },
    { value: 'UNDELIV', status: 'failed' },
    { value: 'REJECTD', status: 'failed' },
    { value: 'expired', status: 'expired' },
    { value: 'EXPIRED', status: 'expired' },
  ],
};

const token = [{ kind: 'query', name: 'token' }];

/** A starting point for gateways whose callbacks are in a contract and not in public: every name can be replaced. */
const byContract = (body: 'json' | 'form', names: { readonly id: string }): JsonObject => ({
  method: 'POST',
  body,
  message: { from: 'phone', to: 'to', text: 'message', id: names.id, time: 'time' },
  receipt: { ...genericReceipt, id: names.id },
  auth: token,
});

/**
 * Settings of known gateways; those of an account lie over them. What each provider documents, and what it does not, is
 * in docs/channels/http-sms.md.
 */
export const PRESETS: Readonly<Record<string, JsonObject>> = {
  /** Reports by GET, unsigned, repeated five times on a time-out. No incoming messages. */
  esms: {
    method: 'GET',
    body: 'query',
    receipt: {
      id: 'SMSID',
      to: 'phonenumber',
      status: 'SendStatus',
      statuses: [
        { value: '1', status: 'queued' }, // waits for approval
        { value: '2', status: 'queued' }, // waits to be sent
        { value: '4', status: 'failed' }, // rejected
        { value: '5', positive: 'SendSuccess', status: 'delivered' }, // finished
        { value: '5', positive: 'SendFailed', status: 'failed' },
        { value: '7', status: 'sent' }, // handed to the operator
      ],
    },
    auth: token,
  },
  /** Short codes of V-COM: signed over everything but the text, so restrict the addresses as well. */
  vcom: {
    method: 'POST',
    body: 'json',
    message: { from: 'phone', to: 'service_id', text: 'message', id: 'request_id', time: 'time' },
    time: { format: 'epoch_s' },
    auth: [
      {
        kind: 'hash',
        algorithm: 'sha256',
        encoding: 'base64',
        field: 'checksum',
        parts: ['client_id', 'request_id', 'phone', '$secret', 'time'],
      },
    ],
    accepted: {
      status: 200,
      content_type: 'application/json',
      body: '{"data":{"code":200,"status":"success","message":""}}',
    },
    refused: {
      status: 200,
      content_type: 'application/json',
      body: '{"data":{"code":108,"status":"error","message":"not allowed"}}',
    },
    probe: { status: 200 },
  },
  speedsms: byContract('json', { id: 'tranId' }),
  stringee: byContract('json', { id: 'id' }),
  vietguys: byContract('form', { id: 'bid' }),
  fpt: byContract('json', { id: 'MessageId' }),
  viettel: byContract('form', { id: 'RequestID' }),
};
