import { Validator } from '@seriousme/openapi-schema-validator';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, HealthRegistry, KernelModule, loadConfig, Metrics } from '@app/kernel';
import { Database, EventSignal } from '@app/persistence';
import { createHttpAdapter } from '@app/runtime';
import { methodsOf } from '../http/addresses.js';
import { TimelineModule } from '../timeline.module.js';
import { openApiDocument } from './openapi.js';

let application: NestFastifyApplication;
let document: OpenAPIObject;
/** `GET /v1/…` as the server itself registered them, parameters written as in the document. */
const routes: string[] = [];

beforeAll(async () => {
  const kernel = KernelModule.forRoot({
    config: loadConfig({ OMNILINE_API_KEY: 'khoa-thu-nghiem-0001' }),
    accounts: [],
    logger: createLogger({ level: 'silent', service: 'test' }),
    installationSecret: 'mot-bi-mat-chi-dung-trong-thu-nghiem',
    metrics: new Metrics(),
    health: new HealthRegistry(),
  });
  const module = await Test.createTestingModule({ imports: [kernel, TimelineModule] })
    .useMocker((token) => (token === Database || token === EventSignal ? {} : undefined))
    .compile();
  const adapter = createHttpAdapter();
  adapter.getInstance().addHook('onRoute', ({ method, url }) => {
    const path = url.replace(/:(\w+)/g, '{$1}');
    for (const name of [method].flat()) if (path.startsWith('/v1/')) routes.push(`${name} ${path}`);
  });
  application = module.createNestApplication<NestFastifyApplication>(adapter, { bodyParser: false });
  await application.init();
  document = openApiDocument({ modules: module.get(ModulesContainer), host: module.get(HttpAdapterHost) }, '1.2.3');
});
afterAll(async () => {
  await application.close();
});

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ name: `${method.toUpperCase()} ${path}`, path, operation }];
    }),
  );

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Omniline', version: '1.2.3' } });
    const plain = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
    expect(await new Validator().validate(plain)).toEqual({ valid: true });
    expect(await new Validator().validate({ ...plain, paths: { customers: {} } })).toMatchObject({ valid: false });
  });

  it('has every route of the service, and no other', () => {
    const documented = operations().map(({ name }) => name);
    expect(documented.length).toBeGreaterThan(0);
    // The server answers HEAD wherever it answers GET; the document does not repeat that.
    expect(documented.toSorted()).toEqual(routes.filter((route) => !route.startsWith('HEAD ')).toSorted());
  });

  it('has only addresses at which another method is answered 405, and names the methods there', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      const documented = METHODS.filter((method) => item[method] !== undefined).map((method) => method.toUpperCase());
      const taken = methodsOf(path.replace(/\{\w+\}/g, 'x')).filter((method) => method !== 'HEAD');
      expect([path, taken.toSorted()]).toEqual([path, documented.toSorted()]);
    }
  });

  it('tells of every operation that it needs a key and may answer with a problem', () => {
    for (const { name, operation } of operations()) {
      expect([name, operation.security]).toEqual([name, [{ bearer: [] }]]);
      const more = /\/(?:media\/|avatar$)/.test(name) ? ['206', '304', '416'] : [];
      expect([name, Object.keys(operation.responses).toSorted()]).toEqual([name, ['200', ...more, 'default']]);
      expect(operation.responses['default']).toMatchObject({
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      });
    }
  });

  it('gives each operation a name of its own', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refers only to what it holds', () => {
    const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    const held = Object.keys(document.components?.schemas ?? {});
    expect(names.filter((name) => !held.includes(name!))).toEqual([]);
  });
});
