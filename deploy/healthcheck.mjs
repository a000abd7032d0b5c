// Health check of a service's container: 0 when the service may be sent work, else 1 with its own words for why.
const response = await fetch('http://127.0.0.1:3000/health/ready', { signal: AbortSignal.timeout(4_000) });
if (!response.ok) {
  process.stderr.write(`${response.status} ${await response.text()}\n`);
  process.exitCode = 1;
}
