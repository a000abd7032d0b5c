/** Where progress is written; standard error in earnest. */
export interface ProgressOutput {
  write(text: string): unknown;
  /** Whether a line can be written over. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const WIDTH = 24;
const STEP_PERCENT = 10;

/**
 * Progress of one piece of work: a bar that is written over on a terminal, and a plain line every ten percent elsewhere.
 */
export class ProgressLine {
  private lastStep = -1;
  private lastText = '';

  constructor(private readonly output: ProgressOutput) {}

  /**
   * @param done from 0 to 1
   * @param text what stands behind the bar
   */
  show(done: number, text: string): void {
    const percent = Math.floor(Math.min(1, Math.max(0, done)) * 100);
    if (this.output.isTTY === true) this.overwrite(percent, text);
    else this.writePlain(percent, text);
  }

  /** Leaves the bar as it is and goes to the next line. */
  finish(): void {
    if (this.output.isTTY === true && this.lastText !== '') this.output.write('\n');
    this.lastText = '';
    this.lastStep = -1;
  }

  private overwrite(percent: number, text: string): void {
    const full = Math.round((percent / 100) * WIDTH);
    const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`;
    const line = `${bar} ${String(percent).padStart(3)} %  ${text}`.slice(0, (this.output.columns ?? 100) - 1);
    if (line === this.lastText) return;
    this.lastText = line;
    this.output.write(`\r\u001b[2K${line}`);
  }

  private writePlain(percent: number, text: string): void {
    const step = Math.floor(percent / STEP_PERCENT);
    if (step === this.lastStep) return;
    this.lastStep = step;
    this.output.write(`${String(percent).padStart(3)} %  ${text}\n`);
  }
}
