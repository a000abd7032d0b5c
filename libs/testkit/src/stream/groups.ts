import { describe, expect, it } from '@jest/globals';
import { GroupInUseError, type ReplayableStream, type Subscription } from '@app/stream';
import { firstNumbersOf, Gate, textsOf, type Suite } from './stream-bench.js';
import { until } from './until.js';

/** Committed offsets, several members, hand-over and replay. */
export function describeGroups({ bench }: Suite): void {
  /** Reads in the bench's group until `count` records were seen, stops, and gives their texts. */
  async function readOn(count: number, group = bench().group): Promise<string[]> {
    const seen: string[] = [];
    const subscription = await bench().subscribe(async (batch) => void seen.push(...textsOf(batch)), { group });
    await until(`${count} records`, () => seen.length >= count);
    await subscription.stop();
    return seen;
  }

  describe('groups', () => {
    it('start at the beginning, go on where they committed, and do not touch each other', async () => {
      await bench().append('a:1', 'a:2');
      expect(await readOn(2)).toEqual(['a:1', 'a:2']);
      await bench().append('a:3');
      expect(await readOn(1)).toEqual(['a:3']);
      expect(await readOn(3, `${bench().group}-other`)).toEqual(['a:1', 'a:2', 'a:3']);
    });

    it('know how many records they have not committed', async () => {
      await bench().append('a:1', 'b:1', 'c:1');
      expect(await bench().lag()).toBe(3n);
      const gate = new Gate();
      const subscription = await bench().subscribe(() => gate.passed);
      await bench().append('a:2');
      expect(await bench().lag()).toBe(4n);
      gate.open();
      await bench().drained();
      expect(subscription.status()).toEqual({ connected: true, stalled: [] });
    });

    it('hand a batch in hand to its end before a member leaves', async () => {
      await bench().append('a:1');
      const gate = new Gate();
      const calls = { begun: 0, ended: 0 };
      const subscription = await bench().subscribe(async () => {
        calls.begun += 1;
        await gate.passed;
        calls.ended += 1;
      });
      await until('the handler runs', () => calls.begun === 1);
      const stopped = { yet: false };
      const stop = subscription.stop().then(() => {
        stopped.yet = true;
      });
      await bench().append('a:2');
      expect(stopped.yet).toBe(false);
      gate.open();
      await stop;
      expect(calls).toEqual({ begun: 1, ended: 1 });
      expect(await bench().lag()).toBe(1n);
    });

    it('share the partitions and hand them over during work: nothing lost, order kept', async () => {
      const seen: { member: string; text: string }[] = [];
      const join = (member: string, on: ReplayableStream): Promise<Subscription> =>
        bench().subscribe(
          async (batch) => {
            await new Promise((resolve) => setImmediate(resolve));
            for (const text of textsOf(batch)) seen.push({ member, text });
          },
          { on, maxBatchRecords: 20 },
        );
      const keys = Array.from({ length: 16 }, (_, n) => `k${n}`);
      let rounds = 0;
      const feed = async (): Promise<void> => {
        rounds += 1;
        await bench().append(...keys.map((key) => `${key}:${rounds}`));
      };
      const readers = (from: number): Set<string> => new Set(seen.slice(from).map(({ member }) => member));
      const first = await join('first', bench().stream);
      await feed();
      await until('the first member reads', () => readers(0).has('first'));
      await join('second', bench().open().stream);
      await until('both read', async () => {
        const from = seen.length;
        await feed();
        await until('some were read', () => seen.length > from);
        return readers(0).size === 2;
      });
      await first.stop();
      const from = seen.length;
      await feed();
      await bench().drained();
      expect(readers(from)).toEqual(new Set(['second']));
      const texts = seen.map(({ text }) => text);
      for (const key of keys) {
        expect(firstNumbersOf(key, texts)).toEqual(Array.from({ length: rounds }, (_, n) => n + 1));
      }
    });

    it('get the records of a member that died before it committed', async () => {
      await bench().append('a:1', 'a:2');
      const dying = bench().open();
      const gate = new Gate();
      const held: string[] = [];
      await bench().subscribe(
        async (batch) => {
          held.push(...textsOf(batch));
          await gate.passed;
        },
        { on: dying.stream },
      );
      await until('the member holds the records', () => held.length === 2);
      await dying.cut();
      const seen: string[] = [];
      await bench().subscribe(async (batch) => void seen.push(...textsOf(batch)));
      await until('another member has them', () => seen.length >= 2);
      expect(seen).toEqual(['a:1', 'a:2']);
      await bench().drained();
      await bench().append('a:3');
      // The dead member's late end moves nothing.
      gate.open();
      await until('the group goes on', () => seen.length >= 3);
      expect(seen).toEqual(['a:1', 'a:2', 'a:3']);
    });
  });

  describe('replay', () => {
    it('reads again from the beginning, an offset, a time or the end', async () => {
      const { group, topic, stream } = bench();
      await bench().append('a:1', 'a:2');
      await until('a later millisecond', () => Date.now() % 50 === 0);
      const timestamp = new Date();
      await bench().append('a:3');
      expect(await readOn(3)).toHaveLength(3);
      await stream.resetOffsets(group, topic, 'earliest');
      expect(await readOn(3)).toEqual(['a:1', 'a:2', 'a:3']);
      const partition = await partitionOfOnlyKey();
      await stream.resetOffsets(group, topic, { partition, offset: 1n });
      expect(await readOn(2)).toEqual(['a:2', 'a:3']);
      await stream.resetOffsets(group, topic, { timestamp });
      expect(await readOn(1)).toEqual(['a:3']);
      await stream.resetOffsets(group, topic, 'earliest');
      await stream.resetOffsets(group, topic, 'latest');
      await bench().append('a:4');
      expect(await readOn(1)).toEqual(['a:4']);
    });

    async function partitionOfOnlyKey(): Promise<number> {
      const partitions = new Set<number>();
      const group = `${bench().group}-look`;
      const subscription = await bench().subscribe(async ({ partition }) => void partitions.add(partition), { group });
      await until('the key was seen', () => partitions.size > 0);
      await subscription.stop();
      return [...partitions][0]!;
    }

    it('is refused while the group has members', async () => {
      await bench().append('a:1');
      const subscription = await bench().subscribe(async () => undefined);
      await bench().drained();
      const { group, topic, stream } = bench();
      await expect(stream.resetOffsets(group, topic, 'earliest')).rejects.toBeInstanceOf(GroupInUseError);
      await subscription.stop();
      expect(await bench().lag()).toBe(0n);
    });
  });
}
