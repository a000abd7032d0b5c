import type { TopicDeclaration } from '@app/contracts';
import { AppError } from '@app/kernel';

/** A record on its way to a topic. Headers are text; a null value is a tombstone (compacted topics only). */
export interface OutgoingRecord {
  readonly topic: string;
  /** Decides the partition by the Java client's murmur2, so that equal keys keep their order. */
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record as read. Within one partition `offset` rises without repeats. */
export interface StreamRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** When the broker appended it. */
  readonly timestamp: Date;
}

/** Neighbouring records of one partition, in order, at least one. */
export interface StreamBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly StreamRecord[];
}

/** Appends records. */
export interface StreamProducer {
  /**
   * Appends all records or reports failure.
   *
   * Guarantee: resolved means durable on the broker's terms (`acks=all`); records of one key that one producer appends
   * keep the order of the calls. Rejected means unknown: some may be stored, so the caller repeats with equal ids.
   * Calls of many callers are gathered into one request.
   *
   * @param options.timeoutMs longest wait; a call that has not been sent by then is withdrawn
   * @throws StreamUnavailableError when the broker is away or too slow
   * @throws PermanentRecordError `too_large` when a record is over the topic's limit
   */
  append(records: readonly OutgoingRecord[], options?: { timeoutMs?: number }): Promise<void>;
}

/** What a subscription reads and how. */
export interface SubscribeOptions {
  /** Consumer group; members of one group share the partitions, every group reads everything. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Most records handed over at once (default 1000). */
  readonly maxBatchRecords?: number;
  /** Partitions handled at the same time by this member (default 4). */
  readonly concurrency?: number;
  /** Dead letters of this subscription go to `omni.dlq.<service>.v1`. */
  readonly service: string;
  /** Version of the service, for its dead letters. */
  readonly serviceVersion?: string;
}

/** A record that the handler set aside although its neighbours went through. */
export interface RejectedRecord {
  readonly record: StreamRecord;
  readonly code: import('@app/contracts').DeadLetterCode;
  /** At most 512 bytes, without personal data. */
  readonly detail: string;
}

/** What became of a batch. */
export interface BatchOutcome {
  readonly rejected: readonly RejectedRecord[];
}

/**
 * Makes the effects of a batch durable before it resolves; called again with the same records after a crash.
 *
 * - A value: the batch is done; `rejected` records become dead letters, then the offset moves.
 * - An error with `retryable` true: the partition pauses, waits with back-off and gets the same records again.
 * - A `PermanentRecordError`: the batch is halved until the record that fails for its own sake stands alone; that one
 *   becomes a dead letter after 3 attempts.
 * - Any other error is a fault of ours: the partition pauses like for a passing fault, and readiness says so.
 *   Nothing is skipped.
 */
export type BatchHandler = (batch: StreamBatch) => Promise<BatchOutcome | void>;

/** State of a subscription, for readiness. */
export interface SubscriptionStatus {
  readonly connected: boolean;
  /** Partitions that wait on a fault, as `topic/partition: code`. */
  readonly stalled: readonly string[];
}

/** A running subscription. */
export interface Subscription {
  status(): SubscriptionStatus;
  /** Stops delivery, waits for batches in hand and leaves the group. */
  stop(): Promise<void>;
}

/** Lag of a group on one topic, in records. */
export interface TopicLag {
  readonly topic: string;
  readonly lag: bigint;
}

/**
 * The stream: one port with two adapters, Kafka and a log in PostgreSQL, which pass the same conformance suite.
 *
 * Delivery is at least once, in order for each key. Offsets move only after the handler's effects are durable.
 */
export interface Stream extends StreamProducer {
  /**
   * Creates the topics that are missing.
   *
   * @throws ConfigError naming every topic whose partitions or settings differ from the declaration
   */
  ensureTopics(declarations: readonly TopicDeclaration[]): Promise<void>;
  /** Starts reading; a new group starts at the beginning. Resolves once the group is joined. */
  subscribe(options: SubscribeOptions, handler: BatchHandler): Promise<Subscription>;
  /** Records appended but not yet committed by the group, for each topic. */
  lag(group: string, topics: readonly string[]): Promise<readonly TopicLag[]>;
  /** Whether an append is likely to succeed now. */
  isReachable(): Promise<boolean>;
  /** Finishes appends under way, stops subscriptions and disconnects. */
  close(): Promise<void>;
}

/**
 * Where a group reads on: a place of every partition of the topic, or an offset of one partition. A timestamp means the
 * first record appended then or later, or the end.
 */
export type ReplayFrom = 'earliest' | 'latest' | { timestamp: Date } | { partition: number; offset: bigint };

/** A stream whose groups can be sent back or forward. */
export interface ReplayableStream extends Stream {
  /**
   * Moves the committed offsets of a group that has no members now; it reads on from there when it subscribes again.
   *
   * @throws GroupInUseError while the group has members
   * @throws StreamUnavailableError
   */
  resetOffsets(group: string, topic: string, from: ReplayFrom): Promise<void>;
}

/** A group's offsets can only be moved while nobody reads in it. */
export class GroupInUseError extends AppError {
  readonly code = 'group_in_use';
  readonly retryable = true;
}

/** Injection token of the process's {@link Stream}. */
export const STREAM = Symbol('STREAM');
