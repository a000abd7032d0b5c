import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** State of one thing that a service needs, for `GET /health/ready`. */
export interface HealthReport {
  readonly ok: boolean;
  /** For operators: no secret, no content. */
  readonly detail?: string;
}

/** Collects what decides whether this process may be sent work. */
export class HealthRegistry {
  private readonly checks = new Map<string, () => Promise<HealthReport> | HealthReport>();

  register(name: string, check: () => Promise<HealthReport> | HealthReport): void {
    this.checks.set(name, check);
  }

  async report(): Promise<{ ok: boolean; checks: Record<string, HealthReport> }> {
    const checks: Record<string, HealthReport> = {};
    for (const [name, check] of this.checks) {
      try {
        checks[name] = await check();
      } catch (error) {
        checks[name] = { ok: false, detail: (error as Error).name };
      }
    }
    return { ok: Object.values(checks).every((report) => report.ok), checks };
  }
}

/** The little of a Fastify reply that the controller uses. */
interface Reply {
  code(status: number): Reply;
  send(body: unknown): unknown;
}

/** `GET /health/live`, `GET /health/ready`, `GET /metrics` of every service. */
@Controller()
export class HealthController {
  constructor(
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  async ready(@Res() reply: Reply): Promise<void> {
    const { ok, checks } = await this.health.report();
    reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : 'unavailable', checks });
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async scrape(): Promise<string> {
    return await this.metrics.registry.metrics();
  }
}
