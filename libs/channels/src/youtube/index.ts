export * from './youtube.mapper.js';
export * from './youtube.page.js';
export * from './youtube.provider.js';
export * from './youtube.settings.js';
