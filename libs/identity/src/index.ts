export * from './blocked-values.js';
export * from './identity-key.js';
export * from './mail-address.js';
export * from './phone.js';
export * from './phone-identity.js';
