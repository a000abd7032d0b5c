import { Spine1764000000000 } from './1764000000000-spine.js';

/** Every migration, oldest first. Classes, not a pattern of file names, so that bundling and tests see the same list. */
export const MIGRATIONS = [Spine1764000000000];
