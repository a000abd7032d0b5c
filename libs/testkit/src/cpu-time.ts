const ATTEMPTS = 3;

async function once(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * CPU time of a piece of work in milliseconds: what it costs, however busy the machine is. For telling work that grows
 * with its input from work that grows with its square, by a bound far from both. The least of three attempts: collecting what
 * earlier tests left, and time that a virtual machine is billed for others, fall into one of them.
 */
export async function cpuMillisOf(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) times.push(await once(work));
  return Math.min(...times);
}
