import type { ShopEvent } from '@app/simulators';
import type { PlannedStep } from '../planned-step.js';

const PRICE = 890_000;

/** What the shop knows of a customer whom it has checked. */
const customerOf = ({ person }: PlannedStep) => ({
  id: person.shopId,
  name: person.name,
  phone: person.phone,
  email: person.mail,
});

/** The event of a step. @throws Error for a step that a shop's system does not know */
export function shopEvent(planned: PlannedStep): ShopEvent {
  const { step, id, about, at, aboutAt } = planned;
  const customer = customerOf(planned);
  switch (step.kind) {
    case 'visit':
      return {
        type: 'omni.visit.recorded',
        id,
        at,
        data: { visit_id: id, customer, place: '12 Nguyễn Trãi', purpose: step.text },
      };
    case 'order':
      return {
        type: 'omni.order.created',
        id,
        at,
        data: {
          number: id,
          customer,
          placed_at: at.toISOString(),
          total: PRICE,
          currency: 'VND',
          items: [{ name: step.text, quantity: 1, unit_price: PRICE }],
        },
      };
    case 'progress':
      return {
        type: `omni.order.${step.text}`,
        id,
        at,
        data: { number: about.at(-1), customer, placed_at: aboutAt?.toISOString() },
      };
    case 'say':
    case 'answer':
    case 'edit':
    case 'remove':
    case 'react':
    case 'seen':
    case 'follow':
    case 'share':
    case 'call':
      throw new Error(`a shop's system has no ${step.kind}`);
  }
}
