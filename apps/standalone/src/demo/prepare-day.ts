import { SeededRandom } from '@app/simulators';
import { compileDay } from './compile-day.js';
import { DayClock } from './day-clock.js';
import type { DemoAccount } from './demo-accounts.js';
import { writeLedger, type Ledger } from './ledger.js';
import type { Outgoing } from './outgoing.js';
import { castPeople, type Person } from './people.js';
import { planScene } from './planned-step.js';
import { newRunId, RunIds } from './run-ids.js';
import { SHOP_DAY } from './script.js';
import type { Role } from './script/step.js';

/** A day that is ready to be played. */
export interface PreparedDay {
  readonly seed: string;
  /** Goes on with what is random while the day is scheduled. */
  readonly random: SeededRandom;
  readonly people: Readonly<Record<Role, Person>>;
  readonly outgoing: readonly Outgoing[];
  readonly ledger: Ledger;
}

/** What a day depends on. */
export interface DayInput {
  readonly now: Date;
  /** Absent: the run's own id, so that every run differs. */
  readonly seed: string | undefined;
  readonly accounts: ReadonlyMap<string, DemoAccount>;
}

/** Casts the people, fills in the script and writes down what must come of it. */
export function prepareDay({ now, seed, accounts }: DayInput): PreparedDay {
  const ids = new RunIds(newRunId(now));
  const chosen = seed ?? ids.runId;
  const random = new SeededRandom(chosen);
  const people = castPeople(ids, random);
  const day = new DayClock(now);
  const steps = SHOP_DAY.flatMap((scene) => planScene(scene, people[scene.who], day, ids));
  return { seed: chosen, random, people, outgoing: compileDay(steps, accounts, now), ledger: writeLedger(steps) };
}
