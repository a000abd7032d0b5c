export * from './youtube.provider.js';
