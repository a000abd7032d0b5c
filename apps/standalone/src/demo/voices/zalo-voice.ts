import {
  follow,
  oaSendText,
  userReactedMessage,
  userSeenMessage,
  userSendImage,
  userSendLocation,
  userSendSticker,
  userSendText,
  userSubmitInfo,
  type ZaloEvent,
  type ZaloThread,
} from '@app/simulators';
import type { PlannedStep } from '../planned-step.js';

const STAFF = '6400000000000000099';

function said({ step: { text = '', extra }, at, id }: PlannedStep, thread: ZaloThread): ZaloEvent {
  switch (extra) {
    case undefined:
      return userSendText(thread, at, id, text);
    case 'image':
      return userSendImage(thread, at, id, `https://cdn.example/${id}.jpg`, text);
    case 'sticker':
      return userSendSticker(thread, at, id, '23012');
    case 'location':
      return userSendLocation(thread, at, id, { latitude: '10.7712', longitude: '106.6901', name: text });
    case 'file':
    case 'unsupported':
      throw new Error(`the script sends no ${extra} to Zalo`);
  }
}

/** The event of a step. @throws Error for a step that Zalo does not know */
export function zaloEvent(planned: PlannedStep, oaId: string): ZaloEvent {
  const { step, at, id, about, person } = planned;
  const thread: ZaloThread = { userId: person.zaloId, userIdByApp: person.zaloIdByApp, oaId };
  const target = about.at(-1) ?? '';
  switch (step.kind) {
    case 'say':
      return said(planned, thread);
    case 'answer':
      return oaSendText(thread, at, id, step.text ?? '', STAFF);
    case 'react':
      return userReactedMessage(thread, at, target, '/-heart');
    case 'seen':
      return userSeenMessage(thread, at, [target]);
    case 'follow':
      return follow(thread, at);
    case 'share': {
      const address = { address: '45 Lý Tự Trọng', ward: 'Phường Bến Thành', city: 'TP. Hồ Chí Minh' };
      return userSubmitInfo(thread, at, { name: person.name, phone: person.phone.slice(1), ...address });
    }
    case 'edit':
    case 'remove':
    case 'order':
    case 'visit':
    case 'call':
    case 'progress':
      throw new Error(`Zalo has no ${step.kind}`);
  }
}
