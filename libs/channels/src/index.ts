export * from './channel-adapter.js';
export * from './registry.js';
