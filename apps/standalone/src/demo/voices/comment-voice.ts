import { commentAdded, commentEdited, commentRemoved, type FeedValue, type PageComment } from '@app/simulators';
import type { PlannedStep } from '../planned-step.js';

const SHOP_NAME = 'Áo Dài Bến Thành';

/** The change of a step. @throws Error for a step that comments do not know */
export function commentValue(planned: PlannedStep, pageId: string): FeedValue {
  const { step, at, id, about, aboutAt, person } = planned;
  const postId = `${pageId}_${id.split('_')[0]}`;
  const [target = ''] = about.slice(-1);
  const customer = { id: person.psid, name: person.name };
  const written: PageComment = {
    commentId: id,
    postId,
    ...(about.length === 0 ? {} : { parentId: target }),
    from: step.kind === 'answer' ? { id: pageId, name: SHOP_NAME } : customer,
    createdAt: at,
    ...(step.text === undefined || step.text === '' ? {} : { text: step.text }),
    ...(step.extra === 'image' ? { photoUrl: `https://cdn.example/${id}.jpg` } : {}),
  };
  const before = { ...written, commentId: target, createdAt: aboutAt ?? at };
  switch (step.kind) {
    case 'say':
    case 'answer':
      return commentAdded(written);
    case 'edit':
      return commentEdited(withoutParent(before));
    case 'remove':
      return commentRemoved(withoutParent(before));
    case 'react':
    case 'seen':
    case 'follow':
    case 'share':
    case 'order':
    case 'visit':
    case 'call':
    case 'progress':
      throw new Error(`the script has no ${step.kind} among comments`);
  }
}

/** What is changed or removed stands on the post itself. */
const withoutParent = ({ parentId: _own, ...comment }: PageComment): PageComment => comment;
