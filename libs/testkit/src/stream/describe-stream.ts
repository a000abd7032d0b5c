import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import { describeFailures } from './failures.js';
import { describeGroups } from './groups.js';
import { describeHandling } from './handling.js';
import { describeRecords } from './records.js';
import { StreamBench, type StreamBackend, type Suite } from './stream-bench.js';

/**
 * The conformance suite of the stream port. Every adapter runs all of it against its real server.
 *
 * @param start starts the server; called once
 */
export function describeStream(name: string, start: () => Promise<StreamBackend>): void {
  describe(`${name} as a stream`, () => {
    let backend: StreamBackend | undefined;
    let bench: StreamBench;
    beforeAll(async () => {
      backend = await start();
    });
    afterAll(() => backend?.stop());
    beforeEach(async () => {
      bench = new StreamBench(backend!);
      await bench.prepare();
    });
    afterEach(() => bench.close());

    const suite: Suite = { bench: () => bench, backend: () => backend! };
    describeRecords(suite);
    describeGroups(suite);
    describeHandling(suite);
    describeFailures(suite);
  });
}
