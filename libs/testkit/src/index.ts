export * from './builders/inbound-event.js';
