/**
 * CPU time of a piece of work in milliseconds: what it costs, however busy the machine is. For telling work that grows
 * with its input from work that grows with its square, by a bound far from both.
 */
export async function cpuMillisOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
