// server.properties of a single KRaft node on 127.0.0.1.

const MIB = 1024 * 1024;

/**
 * Settings of the stream contract plus what makes one small node start and rebalance fast.
 *
 * @param {{ port: number, controllerPort: number, dataDir: string, settings?: Record<string, string> }} options
 *   `settings` win over everything else
 * @returns {string} text of server.properties
 */
export function brokerProperties({ port, controllerPort, dataDir, settings = {} }) {
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataDir,
    'auto.create.topics.enable': 'false',
    'log.message.timestamp.type': 'LogAppendTime',
    'message.max.bytes': String(9 * MIB),
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '4',
    // A broker that was killed may register again only when its old session is over: 9 s by default.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    // The cleaner reserves this much of the heap at start; the default of 128 MiB is a quarter of it.
    'log.cleaner.dedupe.buffer.size': String(16 * MIB),
    ...settings,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}
