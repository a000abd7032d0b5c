import { BlobReferences1764600000000 } from './1764600000000-blob-references.js';
import { PostSaidAt1764500000000 } from './1764500000000-post-said-at.js';
import { Posts1764400002000 } from './1764400002000-posts.js';
import { Avatars1764400001000 } from './1764400001000-avatars.js';
import { EntryAlias1764300002000 } from './1764300002000-entry-alias.js';
import { CommentLists1764400000000 } from './1764400000000-comment-lists.js';
import { Credential1764200001000 } from './1764200001000-credential.js';
import { Spine1764000000000 } from './1764000000000-spine.js';
import { GraphHistory1764100001000 } from './1764100001000-graph-history.js';
import { IdentityGraph1764100000000 } from './1764100000000-identity-graph.js';
import { Profiles1764200003000 } from './1764200003000-profiles.js';
import { MessageParts1764300000000 } from './1764300000000-message-parts.js';
import { PolledComments1764300001000 } from './1764300001000-polled-comments.js';
import { Media1764200000000 } from './1764200000000-media.js';
import { LogUncompressed1764300003000 } from './1764300003000-log-uncompressed.js';
import { LinkRevoker1764200002000 } from './1764200002000-link-revoker.js';
import { StreamLog1764000001000 } from './1764000001000-stream-log.js';

/** Every migration, oldest first. Classes, not a pattern of file names, so that bundling and tests see the same list. */
export const MIGRATIONS = [
  Spine1764000000000,
  StreamLog1764000001000,
  IdentityGraph1764100000000,
  GraphHistory1764100001000,
  Media1764200000000,
  Credential1764200001000,
  LinkRevoker1764200002000,
  Profiles1764200003000,
  MessageParts1764300000000,
  PolledComments1764300001000,
  EntryAlias1764300002000,
  LogUncompressed1764300003000,
  CommentLists1764400000000,
  Avatars1764400001000,
  Posts1764400002000,
  PostSaidAt1764500000000,
  BlobReferences1764600000000,
];
