/** Time as a simulated provider lives it. */
export interface SimulatorClock {
  now(): Date;
  /** Resolves once the time has come; at once when it has passed. */
  waitUntil(time: Date): Promise<void>;
}

/** Where an accelerated clock begins and how fast it goes. */
export interface AcceleratedClockOptions {
  readonly startAt: Date;
  /** Seconds of the clock for one real second; 1 is real time. */
  readonly speed: number;
}

/** A clock that starts at a chosen instant and runs faster than the real one, so that a day passes in half a minute. */
export class AcceleratedClock implements SimulatorClock {
  private readonly realStart = performance.now();

  constructor(private readonly options: AcceleratedClockOptions) {}

  now(): Date {
    const elapsedMs = (performance.now() - this.realStart) * this.options.speed;
    return new Date(this.options.startAt.getTime() + elapsedMs);
  }

  async waitUntil(time: Date): Promise<void> {
    const realMs = (time.getTime() - this.now().getTime()) / this.options.speed;
    if (realMs > 0) await new Promise((resolve) => setTimeout(resolve, realMs));
  }
}
