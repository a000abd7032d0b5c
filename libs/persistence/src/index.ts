export * from './advisory-lease.js';
export * from './database.js';
export * from './embedded/embedded-postgres.js';
export * from './migrate.js';
export * from './relay/relay.repository.js';
export * from './timeline/stored-entry.js';
export * from './unify/unify.repository.js';
export * from './unify/writes.js';
