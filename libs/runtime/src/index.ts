export * from './create-application.js';
export * from './http-adapter.js';
export * from './open-stream.js';
export * from './read-accounts.js';
export * from './run-process.js';
export * from './start-service.js';
export * from './prepare-installation.js';
export * from './work-loop.js';
