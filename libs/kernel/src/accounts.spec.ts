import { parseAccounts } from './accounts.js';
import { ConfigError } from './errors.js';

const GOOD = `
accounts:
  - id: fb-shop
    channel: messenger
    provider: meta
    external_id: "106000000000001"
    secrets: { app_secret: "\${FB_SECRET}", verify_token: "\${FB_TOKEN:-xin-chao}" }
`;

function problemsOf(yaml: string, check: (id: string) => string[] = () => []): readonly string[] {
  try {
    parseAccounts(yaml, { FB_SECRET: 'hush' }, (account) => check(account.id));
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the accounts file', () => {
  it('takes values from the environment, with defaults', () => {
    const [account] = parseAccounts(GOOD, { FB_SECRET: 'hush' }, () => []);
    expect(account?.secrets).toEqual({ app_secret: 'hush', verify_token: 'xin-chao' });
    expect(account?.externalId).toBe('106000000000001');
  });

  it('is empty when the file is', () => {
    expect(parseAccounts('', {}, () => [])).toEqual([]);
  });

  it.each([
    ['a variable that is not set', GOOD.replace('FB_SECRET', 'MISSING'), 'accounts[0].secrets.app_secret: '],
    ['an unquoted number', GOOD.replace('"106000000000001"', '106000000000001'), 'accounts[0].external_id: '],
    ['an unknown channel', GOOD.replace('messenger', 'telex'), 'accounts[0].channel: '],
    ['a key that means nothing', `${GOOD}    secret: {}\n`, 'accounts[0]: '],
    ['an id with blanks', GOOD.replace('fb-shop', 'fb shop'), 'accounts[0].id: '],
    ['no YAML at all', 'accounts: [', 'accounts file: not YAML: '],
    [
      'the same account twice',
      GOOD + GOOD.replace('accounts:', '').trimStart().replace('- id', '  - id'),
      'accounts[1]: same id',
    ],
  ])('names %s', (_what, yaml, start) => {
    const problems = problemsOf(yaml);
    expect(problems.some((problem) => problem.startsWith(start))).toBe(true);
  });

  it('reports every problem at once, those of the provider with their path', () => {
    const yaml = GOOD.replace('FB_SECRET', 'MISSING');
    expect(problemsOf(yaml, () => ['settings.app_id: must be set'])).toEqual([
      'accounts[0].secrets.app_secret: the variable MISSING is not set',
      'accounts[0].settings.app_id: must be set',
    ]);
  });
});
