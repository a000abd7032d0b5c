export * from './builders/inbound-event.js';
export * from './builders/meta-webhook.js';
export * from './channel-adapter-suite.js';
export * from './stream/describe-stream.js';
export * from './stream/stream-bench.js';
export * from './stream/until.js';
export * from './stream/tcp-proxy.js';
