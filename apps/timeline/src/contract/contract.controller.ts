import { Controller, Get, Header, Inject, Param, Query, UseGuards, UsePipes } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { DATA_TYPES, SCHEMA_VERSION, schemaDocument, schemaNameOf } from '@app/contracts';
import { CONFIG, type Config } from '@app/kernel';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { ProblemError } from '../http/problem.js';
import { requestPipe } from '../http/validation.js';
import { asyncApiDocument } from './asyncapi.js';
import { describeInstallation, metaSchema, PRODUCT_VERSION, type Meta } from './meta.js';
import { openApiDocument } from './openapi.js';

const formQuery = z.strictObject({
  form: z
    .enum(['open', 'closed'])
    .default('open')
    .meta({ description: 'open: for consumers; closed: for producers, refuses unknown fields', examples: ['open'] }),
});

/** The contract of the API and of the stream, generated from the code. */
@Controller('v1')
@UseGuards(ApiKeyGuard)
@UsePipes(requestPipe)
@ApiTags('contract')
@ApiBearerAuth()
export class ContractController {
  private openApiDocument: object | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  @Get('meta')
  @ApiOperation({ summary: 'Version, durability, topics and schemas in use' })
  @ApiResponse({ status: 200, description: 'The installation', standardSchema: metaSchema })
  meta(): Meta {
    return describeInstallation(this.config);
  }

  @Get('openapi.json')
  @ApiOperation({ summary: 'This API as OpenAPI 3.1' })
  @ApiResponse({ status: 200, description: 'The document' })
  openApi(): object {
    this.openApiDocument ??= openApiDocument({ modules: this.modules, host: this.host }, PRODUCT_VERSION);
    return this.openApiDocument;
  }

  @Get('asyncapi.json')
  @ApiOperation({ summary: 'The topics as AsyncAPI 3.0' })
  @ApiResponse({ status: 200, description: 'The document' })
  asyncApi(): object {
    return asyncApiDocument(PRODUCT_VERSION);
  }

  @Get('schemas/:name/:version')
  @Header('content-type', 'application/schema+json; charset=utf-8')
  @ApiOperation({ summary: 'JSON Schema 2020-12 of the data of a type of record' })
  @ApiParam({ name: 'name', description: 'Type without `omni.`', example: 'timeline.entry.appended' })
  @ApiParam({ name: 'version', example: SCHEMA_VERSION })
  @ApiProduces('application/schema+json')
  @ApiResponse({ status: 200, description: 'The schema' })
  schema(
    @Param('name') name: string,
    @Param('version') version: string,
    @Query({ schema: formQuery }) query: z.infer<typeof formQuery>,
  ): string {
    const type = DATA_TYPES.find((known) => schemaNameOf(known) === name);
    if (type === undefined || version !== SCHEMA_VERSION) throw new ProblemError('not-found');
    return JSON.stringify(schemaDocument(type, query.form));
  }
}
