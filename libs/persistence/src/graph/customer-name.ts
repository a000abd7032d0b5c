/** The best name known of a customer, as SQL. @param customer expression of its id */
export const bestName = (customer: string): string =>
  `(SELECT n.value FROM identity m JOIN fact n ON n.identity_id = m.id AND n.key = 'name'
     WHERE m.customer_id = ${customer} ORDER BY n.trust DESC, n.observed_at DESC, n.value LIMIT 1)`;
