export * from './channel-adapter.js';
