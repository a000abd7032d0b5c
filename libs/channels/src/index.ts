export * from './channel-adapter.js';
export * from './imap/index.js';
export * from './registry.js';
