import {
  AcceleratedClock,
  appendMails,
  createHttpSender,
  deliver,
  disturb,
  limitSender,
  type AppendTarget,
  type Disturbance,
  type Scheduled,
  type SeededRandom,
  type SendRequest,
  type SimulatorClock,
} from '@app/simulators';
import type { Outgoing, OutgoingMail, OutgoingWebhook } from './outgoing.js';
import { Tally, type DeliveryTally } from './tally.js';

const ON_THE_WIRE = 8;
const MINUTE_MS = 60_000;

/** How the providers misbehave in the ordinary course of a day. */
const ORDINARY: Disturbance = { copies: 0.06, lostAnswers: 0.1, delays: 0.07, longestDelayMs: 40 * MINUTE_MS };
/** The hotline states no time, so a delay would change the order of what is said. */
const UNTIMED: Disturbance = { ...ORDINARY, delays: 0 };
const NONE: Disturbance = { copies: 0, lostAnswers: 0, delays: 0, longestDelayMs: 1 };

/** What a day is played with. */
export interface DayOptions {
  readonly outgoing: readonly Outgoing[];
  readonly random: SeededRandom;
  /** Origin of the receiver. */
  readonly url: string;
  readonly mailbox: AppendTarget;
  /** Seconds of the day for one real second. */
  readonly speed: number;
  readonly onProgress: (done: number, at: Date, tally: DeliveryTally) => void;
}

function ratesFor(outgoing: Outgoing): Disturbance {
  if (outgoing.kind === 'mail' || outgoing.oddity === 'forged') return NONE;
  return outgoing.account === 'hotline-sms' ? UNTIMED : ORDINARY;
}

/** Plans the day: what is sent when, with copies, lost answers and delays by the seed. */
export function scheduleDay(outgoing: readonly Outgoing[], random: SeededRandom): readonly Scheduled<Outgoing>[] {
  return outgoing
    .flatMap((item) => disturb([{ at: item.at, item }], ratesFor(item), random))
    .map((scheduled) => {
      const { item } = scheduled;
      const isStorm = item.kind === 'webhook' && item.oddity === 'storm' && !scheduled.isCopy;
      return isStorm ? { ...scheduled, loseAnswers: Math.min(4, item.policy.waitsMs.length) } : scheduled;
    })
    .sort((left, right) => left.at.getTime() - right.at.getTime());
}

class DayPlayer {
  readonly tally = new Tally();
  private readonly send: SendRequest;

  constructor(
    private readonly options: DayOptions,
    private readonly clock: SimulatorClock,
  ) {
    this.send = limitSender(createHttpSender(options.url), ON_THE_WIRE);
  }

  async play({ at, item, loseAnswers, isCopy }: Scheduled<Outgoing>): Promise<void> {
    await this.clock.waitUntil(at);
    if (item.kind === 'webhook') await this.callWebhook(item, loseAnswers, isCopy);
    else await this.putMail(item);
  }

  private async callWebhook(item: OutgoingWebhook, loseAnswers: number, isCopy: boolean): Promise<void> {
    // A forger has no patience.
    const policy = item.oddity === 'forged' ? { ...item.policy, waitsMs: [] } : item.policy;
    const report = await deliver(item.request, { policy, clock: this.clock, send: this.send, loseAnswers });
    this.tally.addWebhook(item, report, isCopy);
  }

  private async putMail({ raw, receivedAt }: OutgoingMail): Promise<void> {
    await appendMails(this.options.mailbox, [{ raw, internalDate: receivedAt }]);
    this.tally.addMail();
  }
}

/**
 * Plays a day: every provider sends what it has when its time comes, at most eight requests at once, and goes on
 * retrying by its own schedule on the day's clock.
 *
 * @throws Error when the mailbox cannot be reached
 */
export async function playDay(options: DayOptions): Promise<DeliveryTally> {
  const schedule = scheduleDay(options.outgoing, options.random);
  const startAt = new Date((schedule[0]?.at.getTime() ?? 0) - MINUTE_MS);
  const clock = new AcceleratedClock({ startAt, speed: options.speed });
  const player = new DayPlayer(options, clock);
  let ended = 0;
  const playOne = async (scheduled: Scheduled<Outgoing>): Promise<void> => {
    await player.play(scheduled);
    ended += 1;
    options.onProgress(ended / schedule.length, clock.now(), player.tally.now);
  };
  await Promise.all(schedule.map(playOne));
  return player.tally.now;
}
