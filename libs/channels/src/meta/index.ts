export * from './meta.adapters.js';
