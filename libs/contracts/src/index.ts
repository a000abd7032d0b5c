export * from './channels.js';
export * from './cloud-event.js';
export * from './error-codes.js';
export * from './identity-kind.js';
export * from './ids.js';
export * from './inbound-event.js';
export * from './timeline-entry.js';
export * from './topics.js';
