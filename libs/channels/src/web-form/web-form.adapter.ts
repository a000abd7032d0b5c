import { MAX_WEBHOOK_BYTES } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import type {
  AsyncChannelAdapter,
  IgnoredElement,
  KeptBytes,
  ParseContext,
  ParsedEvent,
  ParseResult,
  RejectedElement,
  Verification,
  WebhookRequest,
} from '../channel-adapter.js';
import { exceedsRecord, rejectElement } from '../shared/element.js';
import { fieldsOf } from './fields-of.js';
import { readDocuments, type FormDocument } from './form-document.js';
import { mapForm, type FormFrame } from './web-form.mapper.js';
import { secretProblems, verifyForm } from './web-form.proof.js';
import { readSettings } from './web-form.settings.js';

function verify(request: WebhookRequest, account: ChannelAccount): Verification {
  const reading = readSettings(account);
  return reading.ok ? verifyForm(request, account, reading.settings) : { ok: false, reason: 'settings' };
}

type Outcome = ParsedEvent | RejectedElement | IgnoredElement;

function read({ value, bytes }: FormDocument, frame: FormFrame): Outcome {
  const { context, settings } = frame;
  const reject = (code: RejectedElement['code'], detail: string): RejectedElement =>
    rejectElement(code, detail, { accountId: context.account.id, bytes });
  const fields = fieldsOf(value);
  if (fields.some(({ name, aliases }) => [name, ...aliases].includes(settings.honeypot ?? '')))
    return { reason: 'honeypot' };
  const parsed = mapForm(fields, frame);
  if (parsed === undefined)
    return reject('unsupported_content', 'no field tells who wrote or what: name one in settings.fields');
  return exceedsRecord(parsed.event, bytes.length) ? reject('too_large', `a form of ${bytes.length} bytes`) : parsed;
}

async function parse(request: WebhookRequest, context: ParseContext): Promise<ParseResult> {
  const events: ParsedEvent[] = [];
  const rejected: RejectedElement[] = [];
  const ignored: IgnoredElement[] = [];
  const reading = readSettings(context.account);
  const documents = reading.ok ? await readDocuments(request) : undefined;
  if (!reading.ok || documents === undefined) {
    const element = { accountId: context.account.id, bytes: request.body };
    return { events, rejected: [rejectElement('decode_failed', 'the body is no form', element)], ignored };
  }
  const kept: KeptBytes[] = [];
  const isAlone = documents.length === 1;
  for (const document of documents) {
    const outcome = read(document, { request, context, settings: reading.settings, ...document, isAlone });
    if ('event' in outcome) {
      events.push(outcome);
      if (document.held !== undefined) kept.push(document.held.original);
    } else if ('reason' in outcome) ignored.push(outcome);
    else rejected.push(outcome);
  }
  return { kept, events, rejected, ignored };
}

function checkAccount(account: ChannelAccount): readonly string[] {
  const reading = readSettings(account);
  return reading.ok ? secretProblems(account, reading.settings) : reading.problems;
}

/**
 * Forms of any web site whose program posts them on: JSON, or a form of HTML as its visitor sent it.
 *
 * @see docs/channels/web-form.md
 */
export const webFormAdapter: AsyncChannelAdapter = {
  channel: 'webform',
  provider: 'http',
  abilities: ['message', 'attachment', 'claims'],
  maxBodyBytes: MAX_WEBHOOK_BYTES,
  answerWithinMs: 10_000,
  handshake: () => undefined,
  verify,
  parse,
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
