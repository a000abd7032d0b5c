import type { INestApplication } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject, type SwaggerDocumentOptions } from '@nestjs/swagger';
import type { z } from 'zod';
import { toComponentSchema } from '@app/contracts';
import { problemSchema } from '../http/problem.schema.js';
import { isApiPath } from '../http/v1-path.js';

/** What the generator needs of the running application. */
export interface ApplicationParts {
  readonly modules: ModulesContainer;
  readonly host: HttpAdapterHost;
}

/**
 * Swagger asks zod for the dialect of OpenAPI 3.0; 3.1 takes JSON Schema 2020-12 as it is. Both requests and answers
 * are shown in their open form: readers ignore members that they do not know.
 */
const standardSchemaConverter: SwaggerDocumentOptions['standardSchemaConverter'] = (schema) =>
  toComponentSchema(schema as z.ZodType, 'open');

/** Swagger takes an application; it reads the modules, the routing options and the kind of server of it. */
function applicationView({ modules, host }: ApplicationParts): INestApplication {
  const view = {
    container: { getModules: () => modules, isGlobalModule: () => false },
    config: new ApplicationConfig(),
    getHttpAdapter: () => host.httpAdapter,
  };
  return view as unknown as INestApplication;
}

/** Every operation may answer with a problem document. */
function addProblems(document: OpenAPIObject): void {
  const { schema, components } = toComponentSchema(problemSchema, 'open');
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...components } };
  const problem = { description: 'A problem', content: { 'application/problem+json': { schema } } };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation !== undefined) operation.responses['default'] = problem;
    }
  }
}

/** `CustomersController` and `list` become `customersList`: two controllers may both have a `list`. */
function operationName(controller: string, method: string): string {
  const subject = controller.replace(/Controller$/, '');
  return subject.charAt(0).toLowerCase() + subject.slice(1) + method.charAt(0).toUpperCase() + method.slice(1);
}

/** The OpenAPI 3.1 document of everything below `/v1`, generated from the controllers and their zod schemas. */
export function openApiDocument(parts: ApplicationParts, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Omniline')
    .setDescription('One timeline for each customer, and the unified stream')
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' })
    .build();
  const document = SwaggerModule.createDocument(applicationView(parts), config, {
    standardSchemaConverter,
    operationIdFactory: operationName,
  });
  document.paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => isApiPath(path)));
  addProblems(document);
  return document;
}
