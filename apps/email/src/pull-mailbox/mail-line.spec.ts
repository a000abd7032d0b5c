import { MailLine, type BatchSteps } from './mail-line.js';

const LIMITS = { maxBatches: 6, maxBytes: 100 };
type Step = 'fetch' | 'read' | 'store' | 'append' | 'save';

/** Steps of batches that go on only when they are told to. */
class Stage {
  readonly done: string[] = [];
  private readonly waiting = new Map<string, () => void>();
  private readonly held = new Set<string>();
  private readonly failing = new Map<string, Error>();

  /** @param step for example `append 1` */
  hold(step: string): void {
    this.held.add(step);
  }

  fail(step: string, error: Error): void {
    this.failing.set(step, error);
  }

  release(step: string): void {
    this.held.delete(step);
    this.waiting.get(step)?.();
  }

  batch(number: number, sizeBytes = 10): BatchSteps<void, void, void> {
    const step = (name: Step) => async (): Promise<void> => {
      const label = `${name} ${number}`;
      if (this.held.has(label)) await new Promise<void>((resolve) => this.waiting.set(label, resolve));
      const error = this.failing.get(label);
      if (error !== undefined) throw error;
      this.done.push(label);
    };
    return {
      sizeBytes,
      fetch: step('fetch'),
      read: step('read'),
      store: step('store'),
      append: step('append'),
      save: step('save'),
    };
  }
}

/** Lets everything run that waits for nothing but its turn. */
const allTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
};

describe('MailLine', () => {
  let stage: Stage;
  let line: MailLine;

  beforeEach(() => {
    stage = new Stage();
    line = new MailLine(LIMITS);
  });

  it('fetches, reads and stores others while one is appended, and saves nothing before it', async () => {
    stage.hold('append 1');
    for (const number of [1, 2, 3]) await line.add(stage.batch(number));
    await allTurns();
    expect(stage.done).toEqual(expect.arrayContaining(['fetch 3', 'read 3', 'store 3']));
    expect(stage.done.some((step) => /^(append|save)/.test(step))).toBe(false);
    stage.release('append 1');
    await line.end();
    expect(stage.done.filter((step) => /^(append|save)/.test(step))).toHaveLength(6);
  });

  it('does each step in order of the batches, and saves one only after it and all before it were appended', async () => {
    stage.hold('save 1');
    for (const number of [1, 2, 3]) await line.add(stage.batch(number));
    await allTurns();
    expect(stage.done).not.toContain('save 2');
    stage.release('save 1');
    await line.end();
    for (const name of ['fetch', 'read', 'store', 'append', 'save']) {
      expect(stage.done.filter((step) => step.startsWith(name))).toEqual([`${name} 1`, `${name} 2`, `${name} 3`]);
    }
    for (const number of [1, 2, 3]) {
      expect(stage.done.indexOf(`append ${number}`)).toBeLessThan(stage.done.indexOf(`save ${number}`));
    }
  });

  it.each<Step>(['fetch', 'read', 'store', 'append', 'save'])(
    'lets nothing pass a failed %s, and finishes what is ahead of it',
    async (name) => {
      const error = new Error(name);
      stage.hold('append 1');
      stage.fail(`${name} 2`, error);
      for (const number of [1, 2, 3]) await line.add(stage.batch(number));
      await allTurns();
      stage.release('append 1');
      await expect(line.end()).rejects.toBe(error);
      expect(stage.done).toContain('save 1');
      expect(stage.done).not.toContain('save 2');
      expect(stage.done).not.toContain(`${name} 3`);
      await expect(line.add(stage.batch(4))).rejects.toBe(error);
    },
  );

  it('tells the error of the first batch that failed, whichever failed first', async () => {
    stage.hold('append 1');
    stage.fail('append 1', new Error('first'));
    stage.fail('fetch 2', new Error('second'));
    for (const number of [1, 2]) await line.add(stage.batch(number));
    await allTurns();
    stage.release('append 1');
    await expect(line.end()).rejects.toThrow('first');
  });

  it('takes no more bytes than it may, but one batch of any size alone', async () => {
    stage.hold('save 1');
    await line.add(stage.batch(1, 60));
    await line.add(stage.batch(2, 40));
    let isIn = false;
    const added = line.add(stage.batch(3, 1_000)).then(() => (isIn = true));
    await allTurns();
    expect(isIn).toBe(false);
    expect(stage.done).not.toContain('fetch 3');
    stage.release('save 1');
    await added;
    await line.end();
    expect(stage.done).toContain('save 3');
    expect(stage.done.indexOf('save 2')).toBeLessThan(stage.done.indexOf('fetch 3'));
  });

  it('takes no more batches than it may', async () => {
    stage.hold('fetch 1');
    for (let number = 1; number <= LIMITS.maxBatches; number++) await line.add(stage.batch(number, 0));
    let isIn = false;
    const added = line.add(stage.batch(7, 0)).then(() => (isIn = true));
    await allTurns();
    expect(isIn).toBe(false);
    stage.release('fetch 1');
    await added;
    await line.end();
  });

  it('gives the connection to one command at a time', async () => {
    stage.hold('fetch 1');
    await line.add(stage.batch(1));
    const asked = line.ask(async () => {
      stage.done.push('search');
    });
    await allTurns();
    expect(stage.done).toEqual([]);
    stage.release('fetch 1');
    await asked;
    await line.end();
    expect(stage.done.indexOf('fetch 1')).toBeLessThan(stage.done.indexOf('search'));
  });
});
