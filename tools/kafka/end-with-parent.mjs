// Children that must not outlive the process that asked for them, even when that one is killed with -9.
import { spawn } from 'node:child_process';

/**
 * Starts a shell that waits for the end of this process (its standard input closes then, whatever the cause), kills
 * `pid` and removes `directory`. Does nothing on Windows, where a killed test run may leave its server behind.
 *
 * @param {{ pid: number, directory?: string }} target directory is an absolute path, removed with all it holds
 * @returns {() => void} calls the watch off; to be called before `pid` is ended on purpose and may be used again
 */
export function endWithParent({ pid, directory }) {
  if (process.platform === 'win32') return () => undefined;
  const script = 'read _; kill -9 "$1"; if [ -n "$2" ]; then sleep 1; rm -rf -- "$2"; fi';
  const guard = spawn('sh', ['-c', script, 'guard', String(pid), directory ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // In a group of its own: Ctrl-C in the terminal must not end the guard before its target.
    detached: true,
    cwd: '/',
  });
  guard.on('error', () => undefined);
  guard.unref();
  guard.stdin.on('error', () => undefined);
  guard.stdin.unref?.();
  return () => void guard.kill('SIGKILL');
}
