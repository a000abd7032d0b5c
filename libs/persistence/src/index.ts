export * from './database.js';
export * from './migrate.js';
export * from './timeline/stored-entry.js';
