// The smallest Kafka client: one Metadata request, to learn whether a broker serves clients yet.
import { connect } from 'node:net';

const METADATA = 3;
const CORRELATION_ID = 7;
const TIMEOUT_MS = 2_000;

/** Metadata request, version 1, for no topic (protocol guide, "Metadata API"): header, client id, empty array. */
function metadataRequest() {
  const client = Buffer.from('probe');
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + client.length + 4);
  let at = request.writeInt32BE(request.length - 4, 0);
  at = request.writeInt16BE(METADATA, at);
  at = request.writeInt16BE(1, at);
  at = request.writeInt32BE(CORRELATION_ID, at);
  at = request.writeInt16BE(client.length, at);
  at += client.copy(request, at);
  request.writeInt32BE(0, at);
  return request;
}

/** A broker that is still fenced answers with an empty list of brokers: it is not ready to lead a partition. */
function listsBrokers(response) {
  return response.length >= 12 && response.readInt32BE(4) === CORRELATION_ID && response.readInt32BE(8) > 0;
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<boolean>} true when a Kafka broker answers there and counts itself among the live ones
 */
export async function brokerAnswers(host, port) {
  return await new Promise((resolve) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(TIMEOUT_MS, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
    socket.on('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) finish(listsBrokers(received));
    });
  });
}
