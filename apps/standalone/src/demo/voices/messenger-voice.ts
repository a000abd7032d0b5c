import {
  messengerEcho,
  messengerEdit,
  messengerMessage,
  messengerReaction,
  messengerRead,
  messengerUnsend,
  type MessagingItem,
  type MessengerContent,
} from '@app/simulators';
import type { PlannedStep } from '../planned-step.js';

const HEART = { name: 'love', emoji: '❤' };

function contentOf({ step: { text, extra }, id }: PlannedStep): MessengerContent {
  const words = text === undefined || text === '' ? {} : { text };
  switch (extra) {
    case undefined:
      return words;
    case 'unsupported':
      return { isUnsupported: true };
    case 'location': {
      const payload = { coordinates: { lat: 10.7725, long: 106.698 } };
      return { attachments: [{ type: 'location', ...(text === undefined ? {} : { title: text }), payload }] };
    }
    case 'sticker':
      return {
        attachments: [{ type: 'sticker', payload: { url: 'https://cdn.example/s.png', sticker_id: 369239263222822 } }],
      };
    case 'image':
    case 'file':
      return { ...words, attachments: [{ type: extra, payload: { url: `https://cdn.example/v/${id}.jpg` } }] };
  }
}

/** The chat item of a step. @throws Error for a step that Messenger does not know */
export function messengerItem(planned: PlannedStep, pageId: string): MessagingItem {
  const { step, at, id, about, person } = planned;
  const thread = { psid: person.psid, pageId };
  const target = about.at(-1) ?? '';
  switch (step.kind) {
    case 'say':
      return messengerMessage(thread, at, id, contentOf(planned));
    case 'answer':
      return messengerEcho(thread, at, id, step.text ?? '');
    case 'edit':
      return messengerEdit(thread, at, target, step.text ?? '');
    case 'remove':
      return messengerUnsend(thread, at, target);
    case 'react':
      return messengerReaction(thread, at, target, HEART);
    case 'seen':
      return messengerRead(thread, at, at);
    case 'follow':
    case 'share':
    case 'order':
    case 'visit':
    case 'call':
    case 'progress':
      throw new Error(`Messenger has no ${step.kind}`);
  }
}
