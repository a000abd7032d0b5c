export * from './accept-delivery.js';
export * from './ingress.module.js';
export * from './to-record.js';
export * from './webhook-door.js';
