import type { PhoneReport } from '@app/simulators';
import type { PlannedStep } from '../planned-step.js';

const STATUSES: Readonly<Record<string, PhoneReport['status']>> = { answered: 'answered', ended: 'ended' };

/** The report of a step: a call rings, then goes on. @throws Error for a step that an exchange does not know */
export function phoneReport({ step, id, about, at, person }: PlannedStep): PhoneReport {
  const customer = person.phone.replace('+84', '0');
  if (step.kind === 'call') return { callId: id, customer, status: 'ringing', at };
  const status = STATUSES[step.text ?? ''];
  if (step.kind !== 'progress' || status === undefined) throw new Error(`an exchange has no ${step.kind} ${step.text}`);
  return { callId: about.at(-1) ?? '', customer, status, at, ...(status === 'answered' ? { agent: '101' } : {}) };
}
