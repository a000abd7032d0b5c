import type { DayClock } from './day-clock.js';
import type { Person } from './people.js';
import type { RunIds } from './run-ids.js';
import type { DemoAccountId, Scene, Step } from './script/step.js';

/** A step with who, where, when and the provider's ids filled in. */
export interface PlannedStep {
  readonly step: Step;
  readonly account: DemoAccountId;
  readonly subject: string | undefined;
  readonly person: Person;
  /** When it happens; of an odd one, as its sender's clock has it. */
  readonly at: Date;
  /** When the provider sends it. */
  readonly sentAt: Date;
  /** Provider's id of what the step makes. */
  readonly id: string;
  /** Provider's ids of what the step is about, the nearest last; empty when it is about nothing. */
  readonly about: readonly string[];
  /** When the step that this one is about happened. */
  readonly aboutAt: Date | undefined;
}

const FUTURE_MS = 3 * 86_400_000;

/** Provider's id of what a step makes, in the form that the channel uses. */
function idOf(account: DemoAccountId, name: string, ids: RunIds): string {
  switch (account) {
    case 'fb-shop':
      return `m_${ids.runId}${ids.hex(name, 24)}`;
    case 'oa-shop':
      return ids.hex(name, 20);
    case 'hotline-sms':
      return `SM${ids.hex(name, 32)}`;
    case 'sms-vn':
      return ids.digits(name, 10);
    case 'shop-comments':
      return `${ids.digits('post', 15)}_${ids.digits(name, 15)}`;
    case 'hotro':
      return `${ids.hex(name, 16)}.${ids.runId}@khachhang.example`;
    case 'wa-shop':
      return `wamid.${ids.runId}${ids.hex(name, 32).toUpperCase()}`;
    case 'cua-hang':
      return `DH-${ids.digits(name, 8)}`;
    case 'tong-dai':
      return `pbx-${ids.runId}-${ids.digits(name, 8)}`;
    case 'lien-he':
      return `${ids.runId}-${ids.digits(name, 8)}`;
  }
}

/** Fills in a scene, step by step. @throws Error when a step refers to one that the scene does not have */
export function planScene(scene: Scene, person: Person, day: DayClock, ids: RunIds): readonly PlannedStep[] {
  const named = new Map<string, PlannedStep>();
  return scene.steps.map((step, index): PlannedStep => {
    const target = step.of === undefined ? undefined : named.get(step.of);
    if (step.of !== undefined && target === undefined) throw new Error(`no step ${step.of} of ${scene.who}`);
    const at = day.at(step.at);
    const planned: PlannedStep = {
      step,
      account: scene.on,
      subject: scene.subject,
      person,
      at: step.oddity === 'future' ? new Date(at.getTime() + FUTURE_MS) : at,
      sentAt: day.at(step.sentAt ?? step.at),
      id: idOf(scene.on, `${scene.who} ${scene.on} ${index}`, ids),
      about: target === undefined ? [] : [...target.about, target.id],
      aboutAt: target?.at,
    };
    if (step.as !== undefined) named.set(step.as, planned);
    return planned;
  });
}
