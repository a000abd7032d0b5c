export * from './directory-store.js';
export * from './guarded-client.js';
export * from './judge-media.js';
export * from './media-store.js';
export * from './open-media-store.js';
export * from './public-address.js';
export * from './s3-store.js';
