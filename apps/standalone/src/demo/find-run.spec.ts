import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRunFile } from '../run-file.js';
import { findRun, isRunning } from './find-run.js';

describe('findRun', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'omniline-run-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });
  const aRun = (pid: number) => ({ url: 'http://127.0.0.1:3000', api_key: 'k', accounts: 'a.yaml', pid });
  /** Above the highest number that Linux and macOS give to a process. */
  const NOBODY = 2 ** 30;

  it('finds the run that is there', () => {
    writeRunFile(home, aRun(process.pid));
    expect(findRun(home)).toEqual(aRun(process.pid));
    expect(isRunning(home)).toBe(true);
  });

  it('says what to do when nothing runs', () => {
    expect(() => findRun(home)).toThrow('npm start');
    expect(isRunning(home)).toBe(false);
  });

  it('is not taken in by the file of a run that was killed', () => {
    writeRunFile(home, aRun(NOBODY));
    expect(() => findRun(home)).toThrow('left behind');
    expect(isRunning(home)).toBe(false);
  });
});
