import { familyCpuSeconds } from './child-server.js';

/**
 * Starts to count the CPU time of this process and of a server with its children, which does not depend on what else the
 * machine does. Steps of 10 milliseconds: for many operations together.
 *
 * @returns milliseconds since the start
 */
export function startCpuClock(serverPid: number): () => number {
  const own = process.cpuUsage();
  const before = familyCpuSeconds(serverPid);
  return () => {
    const { user, system } = process.cpuUsage(own);
    return (user + system) / 1000 + (familyCpuSeconds(serverPid) - before) * 1000;
  };
}
