import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type BrokerTools = typeof import('../../tools/kafka/broker.mjs');

/** Starts a real Apache Kafka broker with the JVM's full compiler, unlike the short-lived one of the tests. */
export async function startBenchBroker(): ReturnType<BrokerTools['startBroker']> {
  const path = join(process.cwd(), 'tools/kafka/broker.mjs');
  const { startBroker } = (await import(pathToFileURL(path).href)) as BrokerTools;
  return await startBroker({ javaOptions: ['-Xmx1g', '-Xms1g', '-XX:+UseG1GC'] });
}
