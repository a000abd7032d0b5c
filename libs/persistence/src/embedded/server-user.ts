import { chownSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The user that the server runs as; numbers as in /etc/passwd. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** In order of preference. */
const UNPRIVILEGED = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root. As root, an existing unprivileged user is chosen; otherwise the server runs as
 * we do, which `undefined` says.
 *
 * @throws EmbeddedPostgresError when this is root and the machine has no such user
 */
export function chooseServerUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = parsePasswd(readFileSync('/etc/passwd', 'utf8'));
  for (const name of UNPRIVILEGED) {
    const user = users.find((candidate) => candidate.name === name);
    if (user) return user;
  }
  throw new EmbeddedPostgresError('PostgreSQL does not run as root, and this machine has no user postgres or nobody.');
}

/** Users of a passwd file that are not root; lines that are not complete are left out. */
export function parsePasswd(text: string): ServerUser[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , uid, gid] = line.split(':');
    const user = { name, uid: Number(uid), gid: Number(gid) };
    return Number.isInteger(user.uid) && Number.isInteger(user.gid) && user.uid > 0 && user.gid >= 0 ? [user] : [];
  });
}

/** Whether the user may pass through every folder from the root down to `folder`, which has to exist. */
export function canTraverse(folder: string, user: ServerUser): boolean {
  const parent = path.dirname(folder);
  const { mode, uid, gid } = statSync(folder);
  const executeBit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & executeBit) !== 0 && (parent === folder || canTraverse(parent, user));
}

/** Gives a file or a whole tree to the user, where it is not theirs yet. */
export function handOver(target: string, user: ServerUser | undefined): void {
  if (user === undefined) return;
  const stat = lstatSync(target);
  if (stat.isSymbolicLink()) return;
  if (stat.uid !== user.uid) chownSync(target, user.uid, user.gid);
  if (stat.isDirectory()) for (const name of readdirSync(target)) handOver(path.join(target, name), user);
}
