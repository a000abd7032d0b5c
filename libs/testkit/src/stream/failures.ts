import { describe, expect, it } from '@jest/globals';
import { StreamUnavailableError } from '@app/kernel';
import { textsOf, type Suite } from './stream-bench.js';
import { until } from './until.js';

/** A server that is away, silent or killed. */
export function describeFailures({ bench, backend }: Suite): void {
  describe('a server', () => {
    it('that is silent makes appends fail in time, and work again afterwards', async () => {
      await bench().append('a:1');
      await backend().freeze();
      const { stream } = bench();
      const began = Date.now();
      const attempts = Array.from({ length: 5 }, (_, n) =>
        stream.append([bench().record('a', `frozen:${n}`)], { timeoutMs: 1_000 }),
      );
      const outcomes = await Promise.allSettled(attempts);
      const took = Date.now() - began;
      const reachable = await stream.isReachable();
      await backend().thaw();
      expect(took).toBeLessThan(2_500);
      expect(reachable).toBe(false);
      for (const outcome of outcomes) {
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StreamUnavailableError);
      }
      await until('appends work again', () =>
        stream.append([bench().record('a', 'a:2')], { timeoutMs: 5_000 }).then(
          () => true,
          () => false,
        ),
      );
      expect(await stream.isReachable()).toBe(true);
    });

    it('that was killed loses nothing it acknowledged; readers recover', async () => {
      const seen = new Set<string>();
      const subscription = await bench().subscribe(async (batch) => {
        for (const text of textsOf(batch)) seen.add(text);
      });
      const acknowledged: string[] = [];
      const feeding = { on: true };
      const feed = (async () => {
        for (let n = 0; feeding.on; n += 1) {
          const text = `k${n % 20}:${n}`;
          const kept = await bench()
            .append(text)
            .then(
              () => true,
              (error: unknown) => {
                expect(error).toBeInstanceOf(StreamUnavailableError);
                return false;
              },
            );
          if (kept) acknowledged.push(text);
          else await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      await until('some are acknowledged', () => acknowledged.length > 50);
      await backend().kill();
      await backend().restart();
      const before = acknowledged.length;
      await until('more are acknowledged', () => acknowledged.length > before + 50);
      feeding.on = false;
      await feed;
      await until('everything acknowledged was read', () => acknowledged.every((text) => seen.has(text)));
      await until('the reader is well', () => subscription.status().connected);
    });
  });
}
