export * from './channel-adapter.js';
export * from './mail/index.js';
export * from './registry.js';
