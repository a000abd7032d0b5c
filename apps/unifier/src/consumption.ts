/** Consumer group of the unifier and the name under which it sets records aside. */
export const UNIFIER = { group: 'omni.unifier', service: 'unifier' } as const;
