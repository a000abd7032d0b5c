import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, requireSetting, SETTINGS } from './config.js';
import { ConfigError } from './errors.js';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('runs on a laptop without any setting', () => {
    expect(loadConfig({})).toMatchObject({ PORT: 3000, OMNILINE_HOME: '.omniline', DATABASE_URL: undefined });
  });

  it('reports every wrong setting at once, by name', () => {
    const problems = problemsOf({
      PORT: '99999',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
      OMNILINE_SECRET: 'short',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'PORT',
      'OMNILINE_SECRET',
      'DATABASE_URL',
      'LOG_LEVEL',
    ]);
  });

  it('takes an empty setting for one that is not set', () => {
    expect(loadConfig({ PORT: '', KAFKA_BROKERS: '' })).toMatchObject({ PORT: 3000, KAFKA_BROKERS: undefined });
  });

  it('lets the environment win over the defaults of a way to run', () => {
    expect(loadConfig({}, { HOST: '127.0.0.1' }).HOST).toBe('127.0.0.1');
    expect(loadConfig({ HOST: '0.0.0.0' }, { HOST: '127.0.0.1' }).HOST).toBe('0.0.0.0');
  });

  it('reads a secret from a file without its line end, and says when there is none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'omniline-config-'));
    const file = join(folder, 'secret');
    writeFileSync(file, `${'s'.repeat(40)}\n`);
    expect(loadConfig({ OMNILINE_SECRET_FILE: file }).OMNILINE_SECRET).toBe('s'.repeat(40));
    expect(problemsOf({ OMNILINE_SECRET_FILE: join(folder, 'none') })[0]).toMatch(
      /^OMNILINE_SECRET_FILE: there is no file/,
    );
    rmSync(folder, { recursive: true });
  });

  it('names a setting that this process cannot do without', () => {
    expect(() => requireSetting(loadConfig({}), 'OMNILINE_SECRET')).toThrow(/OMNILINE_SECRET: must be set/);
  });

  it('gives no secret a default', () => {
    const secrets = Object.values(SETTINGS).filter((setting) => 'secret' in setting);
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.filter((setting) => 'default' in setting)).toEqual([]);
  });
});
