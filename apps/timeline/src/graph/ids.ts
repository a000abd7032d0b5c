import { ProblemError } from '../http/problem.js';

const NUMBERED = { merge: /^mrg_(\d{1,18})$/, identity: /^idn_(\d{1,18})$/ } as const;
const CONVERSATION = /^(?:cnv_)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Reads a public id of an address.
 *
 * @returns the number that it stands for
 * @throws ProblemError 404 for a text that is none
 */
export function numberOf(kind: keyof typeof NUMBERED, id: string): string {
  const number = NUMBERED[kind].exec(id)?.[1];
  if (number === undefined) throw new ProblemError('not-found');
  return number;
}

/** The same for a conversation, with or without `cnv_`. */
export function conversationUuid(id: string): string {
  const uuid = CONVERSATION.exec(id)?.[1];
  if (uuid === undefined) throw new ProblemError('not-found');
  return uuid;
}
