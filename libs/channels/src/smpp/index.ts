export type { DeliverSm } from './deliver-sm.js';
export * from './smpp.mapper.js';
export * from './smpp.provider.js';
export * from './smpp.settings.js';
