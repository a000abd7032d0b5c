import type { GraphNode } from './identity-graph.js';

/** Limits on what one customer may hold. */
export interface GraphLimits {
  /** Identities of one customer, whoever joins them. */
  readonly identities: number;
  /** Identities that proof alone joins to one customer; more of them are an agent's to join. */
  readonly identitiesByProof: number;
  /** Identities of a kind that a person may have several of: phone numbers, addresses. */
  readonly perContactKind: number;
  /** People of one account who may prove the same number or address before it counts as shared. */
  readonly claimantsOfOne: number;
  /** Joins of one customer by machines within an hour of the evidence's own time. */
  readonly joinsPerHour: number;
}

/** Limits of the identity design, section 3.3. */
export const GRAPH_LIMITS: GraphLimits = {
  identities: 200,
  identitiesByProof: 50,
  perContactKind: 5,
  claimantsOfOne: 3,
  joinsPerHour: 20,
};

/** Kinds of which one account knows a person by exactly one: a second one is another person. */
const SINGLE = new Set([
  'messenger_psid',
  'facebook_user',
  'instagram_user',
  'zalo_user',
  'zalo_app_user',
  'whatsapp_user',
  'telegram_user',
  'viber_user',
  'line_user',
  'external',
]);
const CONTACT = new Set(['phone', 'email']);

/** The name under which nodes of a kind are counted, and how many of them a customer may hold. */
export interface Cardinality {
  readonly group: string;
  readonly limit: number;
}

/** @returns undefined for kinds without a limit of their own */
export function cardinalityOf(node: Pick<GraphNode, 'kind' | 'scope'>, limits: GraphLimits): Cardinality | undefined {
  if (SINGLE.has(node.kind)) return { group: `${node.kind} ${node.scope}`, limit: 1 };
  return CONTACT.has(node.kind) ? { group: node.kind, limit: limits.perContactKind } : undefined;
}

/** Whether a kind names a person within one account, so that two of them are two people. */
export const namesOnePerson = (kind: string): boolean => SINGLE.has(kind);

/** Whether several people may use one value of a kind. */
export const canBeShared = (kind: string): boolean => CONTACT.has(kind);
