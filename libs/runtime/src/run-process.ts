import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigError, describeError, type Logger } from '@app/kernel';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Longer than any batch; docker compose waits as long (`stop_grace_period`). */
const CLOSE_TIMEOUT_MS = 25_000;

/**
 * Runs the main function of a process. Wrong configuration is written to standard error in full and ends the process
 * with 78 (`EX_CONFIG`); any other failure with 1.
 */
export async function runProcess(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const text = error instanceof ConfigError ? error.message : `The program could not start: ${describeError(error)}`;
    process.stderr.write(`${text}\n`);
    process.exit(error instanceof ConfigError ? 78 : 1);
  }
}

/**
 * Closes the application at SIGTERM or SIGINT: requests and batches in hand are finished, offsets committed, the group
 * left. A second signal, or 25 seconds, end the process at once; what was not committed is delivered again.
 *
 * The exit code is 0, or `process.exitCode` where somebody has set it, or 1 when closing failed.
 *
 * @param after runs when the application is closed, for example to stop an embedded server
 */
export function closeOnSignal(
  application: NestFastifyApplication,
  logger: Logger,
  after: () => Promise<void> = async () => undefined,
): void {
  let closing = false;
  const close = async (signal: string): Promise<void> => {
    if (closing) process.exit(1);
    closing = true;
    logger.info({ signal }, 'Closing');
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref();
    let code: number | undefined; // undefined: `process.exitCode`, else 0
    try {
      await application.close();
      await after();
    } catch (error) {
      logger.error({ error: describeError(error) }, 'Closing failed');
      code = 1;
    }
    process.exit(code);
  };
  for (const signal of SIGNALS) process.on(signal, () => void close(signal));
}
