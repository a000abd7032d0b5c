import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';

const BINARY = process.env['DOVECOT_BINARY'] ?? '/usr/sbin/dovecot';
const START_TIMEOUT_MS = 10_000;

/** A mailbox user of the private server. */
export interface DovecotUser {
  readonly user: string;
  readonly password: string;
}

/** A private IMAP server on loopback with its own files; nothing of the machine's configuration is read. */
export interface DovecotServer {
  readonly port: number;
  /** Opens a client that may change mailboxes; the caller logs it out. */
  connect(user: string): Promise<ImapFlow>;
  /** Appends mails in order and returns their UIDs. */
  append(user: string, folder: string, mails: readonly (Buffer | string)[], internalDate?: Date): Promise<number[]>;
  /** Ends the server's own processes and removes its files. */
  stop(): Promise<void>;
}

/** Whether a private Dovecot can be started here, and why not; specs say the reason when they skip. */
export function dovecotAvailability(): { available: boolean; reason?: string } {
  if (!existsSync(BINARY)) return { available: false, reason: `there is no ${BINARY} (package dovecot-imapd)` };
  const version = spawnSync(BINARY, ['--version'], { encoding: 'utf8' });
  return version.status === 0 ? { available: true } : { available: false, reason: `${BINARY} does not run` };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}

/** Who reads mail and who handles log-ins: Dovecot refuses to let root do either. */
function accounts(): { mail: { uid: number; gid: number }; login: string; internal: string; group: string } {
  const me = userInfo();
  if (me.uid !== 0) return { mail: me, login: me.username, internal: me.username, group: String(me.gid) };
  return { mail: { uid: 65_534, gid: 65_534 }, login: 'dovenull', internal: 'dovecot', group: 'dovecot' };
}

function configuration(directory: string, port: number): string {
  const { login, internal, group } = accounts();
  const noChroot = userInfo().uid === 0 ? '' : 'chroot =';
  return `
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_login_user = ${login}
default_internal_user = ${internal}
default_internal_group = ${group}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mailbox_list_index = no
mail_max_userip_connections = 100
mail_fsync = never
imap_idle_notify_interval = 2 mins
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${directory}/users
}
userdb {
  driver = passwd-file
  args = username_format=%u ${directory}/users
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Thu-rac {
    auto = create
    special_use = \\Junk
  }
}
service imap-login {
  ${noChroot}
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  ${noChroot}
}
`;
}

function writeFiles(directory: string, port: number, users: readonly DovecotUser[]): void {
  const { mail } = accounts();
  const lines = users.map(({ user, password }) => {
    const home = join(directory, 'home', user);
    mkdirSync(home, { recursive: true });
    if (userInfo().uid === 0) chownSync(home, mail.uid, mail.gid);
    return `${user}:{PLAIN}${password}:${mail.uid}:${mail.gid}::${home}::`;
  });
  writeFileSync(join(directory, 'users'), `${lines.join('\n')}\n`, { mode: 0o644 });
  writeFileSync(join(directory, 'dovecot.conf'), configuration(directory, port));
}

async function waitUntilAnswers(
  port: number,
  login: DovecotUser,
  server: ChildProcess,
  logPath: string,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      secure: false,
      logger: false,
      verifyOnly: true,
      auth: { user: login.user, pass: login.password },
    });
    client.on('error', () => undefined);
    const failure = await client.connect().then(
      () => undefined,
      (error: { authenticationFailed?: boolean; code?: string }) => error,
    );
    if (failure === undefined || failure.authenticationFailed === true) return;
    if (server.exitCode !== null || Date.now() > deadline) {
      const log = existsSync(logPath) ? readFileSync(logPath, 'utf8').slice(-2000) : '(no log)';
      throw new Error(`Dovecot did not start on port ${port}: ${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Starts a private Dovecot (IMAP only, without TLS, loopback, Maildir in a temporary folder). Works as root and as an
 * ordinary user.
 *
 * @param wantedPort to come back where an earlier server was; otherwise a free one is taken
 * @throws Error with the end of the server's log when it does not come up within ten seconds
 */
export async function startDovecot(users: readonly DovecotUser[], wantedPort?: number): Promise<DovecotServer> {
  const directory = mkdtempSync(join(tmpdir(), 'omniline-dovecot-'));
  chmodSync(directory, 0o755);
  const port = wantedPort ?? (await freePort());
  writeFiles(directory, port, users);
  const server = spawn(BINARY, ['-F', '-c', join(directory, 'dovecot.conf')], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.once('error', () => undefined);

  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGTERM');
      await exited;
    }
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  const connect = async (user: string): Promise<ImapFlow> => {
    const password = users.find((candidate) => candidate.user === user)?.password ?? '';
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      secure: false,
      logger: false,
      auth: { user, pass: password },
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const append: DovecotServer['append'] = async (user, folder, mails, internalDate) => {
    const client = await connect(user);
    try {
      const uids: number[] = [];
      for (const mail of mails) {
        const done = await client.append(folder, Buffer.from(mail), [], internalDate);
        if (done === false || done.uid === undefined) throw new Error('the server did not say the UID');
        uids.push(done.uid);
      }
      return uids;
    } finally {
      await client.logout();
    }
  };
  try {
    await waitUntilAnswers(port, users[0]!, server, join(directory, 'dovecot.log'));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, connect, append, stop };
}
