import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * The process's metrics. Labels are channels, our account ids, outcomes, topics and codes: never anything of a
 * customer. For each account, at every moment: accepted = entries + changes + repeats + dead letters + in flight
 * (architecture, promise 2).
 */
export class Metrics {
  readonly registry = new Registry();

  readonly webhookRequests = this.counter('omniline_webhook_requests_total', 'Webhook requests by outcome', [
    'channel',
    'account',
    'outcome',
  ]);
  readonly eventsAccepted = this.counter('omniline_events_accepted_total', 'Events appended to the stream', [
    'channel',
    'account',
  ]);
  readonly elementsIgnored = this.counter('omniline_elements_ignored_total', 'Elements that carry nothing to keep', [
    'channel',
    'account',
  ]);
  readonly appendSeconds = this.histogram('omniline_append_seconds', 'Time to a durable append', []);
  readonly deadLetters = this.counter('omniline_dead_letters_total', 'Records set aside', [
    'service',
    'account',
    'code',
  ]);
  readonly unifierEvents = this.counter('omniline_unifier_events_total', 'Events unified by outcome', [
    'channel',
    'account',
    'outcome',
  ]);
  readonly unifierBatchSeconds = this.histogram('omniline_unifier_batch_seconds', 'Time for one batch', []);
  readonly streamLag = this.gauge('omniline_stream_lag_records', 'Records not yet committed by a group', [
    'group',
    'topic',
  ]);
  readonly streamPauses = this.counter('omniline_stream_pauses_total', 'Waits on a passing fault', ['group', 'topic']);
  readonly relayPending = this.gauge('omniline_relay_pending', 'Outbox rows not yet published', []);
  readonly relayPublished = this.counter('omniline_relay_published_total', 'Records published', ['topic']);
  readonly mailboxMails = this.counter('omniline_mailbox_mails_total', 'Mails pulled by outcome', [
    'account',
    'outcome',
  ]);
  readonly mailChecks = this.counter(
    'omniline_mail_checks_total',
    'Mails whose signatures were to be checked, by outcome',
    ['account', 'outcome'],
  );
  readonly mediaFetched = this.counter('omniline_media_total', 'Attachments by what became of their bytes', [
    'account',
    'outcome',
  ]);
  readonly profilesFetched = this.counter('omniline_profiles_total', 'Questions about people by outcome', [
    'account',
    'outcome',
  ]);
  readonly mediaWaiting = this.gauge('omniline_media_waiting', 'Attachments that wait to be fetched', []);
  readonly mediaOldestSeconds = this.gauge('omniline_media_oldest_seconds', 'How long the oldest of them waits', []);
  readonly tokenRefreshes = this.counter('omniline_token_refreshes_total', 'Access tokens asked for, by outcome', [
    'account',
    'outcome',
  ]);
  readonly invariantsBroken = this.gauge(
    'omniline_invariants_broken',
    'Rows that break an invariant, at the last check; anything but 0 is a fault',
    ['invariant'],
  );

  constructor(options: { processMetrics?: boolean } = {}) {
    if (options.processMetrics) collectDefaultMetrics({ register: this.registry });
  }

  private counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
  private gauge<L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
  private histogram<L extends string>(name: string, help: string, labelNames: readonly L[]): Histogram<L> {
    return new Histogram({ name, help, labelNames: [...labelNames], buckets: SECONDS, registers: [this.registry] });
  }
}
