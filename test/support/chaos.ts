import type { Traffic } from './ledger.js';
import { until } from './until.js';

/** Something that is killed while the traffic runs. */
export interface Victim {
  readonly name: string;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
  /** Resolves when it works again. */
  revive(): Promise<void>;
}

const PROGRESS_TIMEOUT_MS = 120_000;

/**
 * Kills the victims one after the other while the traffic runs. The traffic is held back so that it lasts as long as the
 * killing: each victim dies under load, and work that it left behind meets it when it comes back.
 *
 * @param tell told of the progress, one line at a time
 */
export async function killInTurn(
  traffic: Traffic,
  victims: readonly Victim[],
  tell: (line: string) => void,
): Promise<void> {
  const began = Date.now();
  const share = Math.floor(traffic.total / (victims.length + 1));
  const say = (what: string): void => {
    const seconds = ((Date.now() - began) / 1_000).toFixed(1);
    const failures = [...traffic.failures].map(([status, count]) => `${status || 'no answer'}: ${count}`).join(', ');
    tell(`${seconds} s: ${what}; ${traffic.accepted.size} accepted (${failures || 'no failures'})`);
  };
  for (const [index, victim] of victims.entries()) {
    traffic.allow(share * (index + 1));
    const killAt = Math.floor(share * (index + 0.5));
    await until(() => traffic.accepted.size >= killAt, PROGRESS_TIMEOUT_MS);
    await victim.kill();
    say(`killed ${victim.name}`);
    await victim.revive();
    say(`${victim.name} is back`);
  }
  traffic.allow(Number.POSITIVE_INFINITY);
}
