import type { Trouble } from './mailbox-state.js';

/** What is known of a mail before it is fetched. */
export interface MailSize {
  readonly uid: number;
  readonly sizeBytes: number;
}

/** How mails are to be fetched: whole, only their beginning, or only their head. */
export interface FetchPlan {
  readonly uids: readonly number[];
  readonly extent: 'whole' | 'beginning' | 'head' | 'nothing';
}

/** Limits of one fetch. */
export interface FetchLimits {
  readonly maxMails: number;
  readonly maxBytes: number;
  /** A mail above it is fetched in part. */
  readonly maxMailBytes: number;
}

/** After so many failures of one mail alone, only its head is asked for; after as many more, nothing. */
export const MAX_ATTEMPTS = 5;

function aloneExtent({ uid, sizeBytes }: MailSize, trouble: Trouble | undefined, limits: FetchLimits): FetchPlan {
  const attempts = trouble?.uid === uid ? trouble.attempts : 0;
  const whole = sizeBytes > limits.maxMailBytes ? 'beginning' : 'whole';
  const extent = attempts < MAX_ATTEMPTS ? whole : attempts < 2 * MAX_ATTEMPTS ? 'head' : 'nothing';
  return { uids: [uid], extent };
}

/**
 * Groups mails into fetches, in order: many small ones together, a large one in part and alone, and after a failure each
 * one alone, so that one poisonous mail stands by itself.
 *
 * @param mails ascending by UID
 */
export function planFetches(
  mails: readonly MailSize[],
  trouble: Trouble | undefined,
  limits: FetchLimits,
): readonly FetchPlan[] {
  const plans: FetchPlan[] = [];
  let open: { uids: number[]; bytes: number } | undefined;
  for (const mail of mails) {
    const alone = mail.sizeBytes > limits.maxMailBytes || (trouble !== undefined && mail.uid <= trouble.until);
    if (alone) {
      plans.push(aloneExtent(mail, trouble, limits));
      open = undefined;
    } else if (open && open.uids.length < limits.maxMails && open.bytes + mail.sizeBytes <= limits.maxBytes) {
      open.uids.push(mail.uid);
      open.bytes += mail.sizeBytes;
    } else {
      open = { uids: [mail.uid], bytes: mail.sizeBytes };
      plans.push({ uids: open.uids, extent: 'whole' });
    }
  }
  return plans;
}
