import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { checkAccount, PULL_PROVIDERS, WEBHOOK_ADAPTERS } from '@app/channels';
import { CONNECTOR_OF_CHANNEL } from '@app/contracts';
import { Metrics, parseAccounts, SETTINGS } from '@app/kernel';
import { envExample } from './env-example.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly (string | { readonly target: string; readonly read_only?: boolean })[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>> | readonly string[];
  readonly [option: string]: unknown;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
};
const services = Object.entries(compose.services);
/** Services that run a program of ours for as long as they live. */
const ours = services.filter(([, { image, restart }]) => image.startsWith('omniline:') && restart !== 'no');
const appMain = (name: string): string => `apps/${name}/src/main.ts`;

describe('docker-compose.yml', () => {
  it('runs every app but the standalone one', () => {
    const apps = readdirSync(path.join(ROOT, 'apps')).filter((name) => existsSync(path.join(ROOT, appMain(name))));
    expect(ours.map(([name]) => name).sort()).toEqual(apps.filter((name) => name !== 'standalone').sort());
    for (const [name, { command = [] }] of ours) {
      expect(command.at(-1)).toBe(`dist/apps/${name}/src/main.js`);
      expect(command.slice(0, -1)).toEqual(name === 'unifier' ? ['--max-semi-space-size=64'] : []);
    }
  });

  it.each(services)('limits %s and takes rights from it', (_name, service) => {
    expect(service).toMatchObject({
      init: true,
      read_only: true,
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      stop_grace_period: expect.any(String),
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
    });
  });

  it.each(ours)('starts %s after the job, and the job after healthy servers', (_name, service) => {
    expect(service.depends_on).toEqual({ prepare: { condition: 'service_completed_successfully' } });
    expect(compose.services['prepare']?.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      kafka: { condition: 'service_healthy' },
    });
  });

  it.each(ours)('gives %s what its main program asks for, and no more', (name, service) => {
    const main = read(appMain(name));
    const database = /\bdatabase: true\b/.test(main);
    expect(service.secrets?.includes('database_url')).toBe(database);
    expect('DATABASE_URL_FILE' in (service.environment ?? {})).toBe(database);
    const mounts = (service.volumes ?? []).map((mount) => (typeof mount === 'string' ? mount : mount.target));
    expect(mounts.includes('/etc/omniline/accounts.yaml')).toBe(/\baccounts: true\b/.test(main));
    const media = { 'follow-up': 'media:/var/lib/omniline/media', timeline: 'media:/var/lib/omniline/media:ro' };
    expect(mounts.filter((mount) => mount.startsWith('media:'))).toEqual(
      Object.entries(media).flatMap(([reader, mount]) => (reader === name ? [mount] : [])),
    );
    expect(service.secrets).toContain('omniline_secret');
    expect(service.secrets?.includes('omniline_api_key')).toBe(name === 'timeline');
  });

  it('mounts every file of the host read-only', () => {
    const mounts = services.flatMap(([, { volumes }]) => volumes ?? []);
    const writable = mounts.filter((mount) => (typeof mount === 'string' ? !mount.endsWith(':ro') : !mount.read_only));
    expect(writable).toEqual([
      'postgres:/var/lib/postgresql',
      'kafka:/var/lib/kafka/data',
      'media:/var/lib/omniline/media',
    ]);
  });

  it('holds no secret, and refuses to start without', () => {
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe('${OMNILINE_SECRETS:?run "sh deploy/first-run.sh" once to make the secrets}/' + name);
      expect(read('deploy/first-run.sh')).toContain(`make ${name} `);
    }
    expect(read('docker-compose.yml')).not.toMatch(/(PASSWORD|SECRET|API_KEY|DATABASE_URL):/);
  });

  it('sets or passes on every setting of a service', () => {
    const elsewhere = new Set(['OMNILINE_HOME', 'DATABASE_URL', 'OMNILINE_API_KEY']);
    for (const name of Object.keys(SETTINGS).filter((setting) => !elsewhere.has(setting))) {
      const environment = compose.services['chat']?.environment ?? {};
      expect([name, `${name}_FILE`].some((variable) => variable in environment) ? name : `${name} is missing`).toBe(
        name,
      );
    }
  });

  it('repeats the defaults of the settings that it passes on', () => {
    const passed = [...read('docker-compose.yml').matchAll(/^ {2}(\w+): \$\{\1:-(.*)\}$/gm)];
    const defaults = Object.fromEntries(passed.map(([, name, value]) => [name, value]));
    expect(defaults).toMatchObject({
      LOG_LEVEL: SETTINGS.LOG_LEVEL.default,
      APPEND_TIMEOUT_MS: SETTINGS.APPEND_TIMEOUT_MS.default,
      UNIFIER_BATCH_RECORDS: SETTINGS.UNIFIER_BATCH_RECORDS.default,
      MEDIA_MAX_BYTES: SETTINGS.MEDIA_MAX_BYTES.default,
    });
  });

  it('asks for the Kafka that the tests use', () => {
    const version = /<kafka\.version>([\w.]+)</.exec(read('tools/kafka/pom.xml'))?.[1];
    expect(compose.services['kafka']?.image).toBe(`apache/kafka:${version}`);
  });
});

describe('deploy/door/nginx.conf', () => {
  const door = read('deploy/door/nginx.conf');

  it('sends every channel to its connector', () => {
    const routes = [...door.matchAll(/^\s+~\^\/webhooks\/(\w+)\/ (\w+);$/gm)].map(([, channel, to]) => [channel, to]);
    expect(Object.fromEntries(routes)).toEqual(CONNECTOR_OF_CHANNEL);
  });

  it('logs no query: it may hold a telephone number or a verify token', () => {
    expect(door).not.toMatch(/\$(request|request_uri|args|query_string|arg_\w+|http_referer)\b(?!_)/);
    expect(door).toMatch(/^error_log \/dev\/stderr emerg;$/m);
  });
});

describe('examples', () => {
  it('config/accounts.example.yaml has an account for each channel that a provider serves, and all are valid', () => {
    const yaml = read('config/accounts.example.yaml');
    const names = [...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name, 'x'.repeat(32)]);
    const accounts = parseAccounts(yaml, Object.fromEntries(names), checkAccount);
    expect(new Set(accounts.map(({ channel }) => channel))).toEqual(
      new Set([...WEBHOOK_ADAPTERS, ...PULL_PROVIDERS].map(({ channel }) => channel)),
    );
  });

  it('.env.example lists the settings', () => {
    expect(read('.env.example')).toBe(envExample(SETTINGS));
  });
});

describe('docs/operations.md', () => {
  const page = read('docs/operations.md');
  const mentioned = (pattern: RegExp): string[] => [
    ...new Set([...page.matchAll(pattern)].map(([, name]) => name ?? '')),
  ];

  it('names only metrics that there are', () => {
    const known = new Set(new Metrics().registry.getMetricsAsArray().map(({ name }) => name));
    const names = mentioned(/\b(omniline_\w+_(?:total|records|pending|seconds))\b/g);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('names every container, and only variables that compose reads', () => {
    for (const [name] of services) expect(page).toContain(`\`${name}\``);
    const variables = mentioned(/`(OMNILINE_\w+)`/g);
    expect(variables.length).toBeGreaterThan(2);
    for (const name of variables) expect(read('docker-compose.yml')).toContain(`\${${name}:`);
  });
});
