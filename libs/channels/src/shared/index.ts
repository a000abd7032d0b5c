export * from './element.js';
export * from './event-frame.js';
export * from './excerpt.js';
export * from './fields.js';
export * from './hmac.js';
export { verifyToken } from './signed-body.js';
export * from './instant-of.js';
export * from './json-scanner.js';
export * from './read-json.js';
