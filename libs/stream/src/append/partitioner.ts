/** The Java client's murmur2 of 32 bits (org.apache.kafka.common.utils.Utils), as a signed number. */
function murmur2(data: Buffer): number {
  const multiplier = 0x5bd1e995;
  let hash = 0x9747b28c ^ data.length;
  const whole = data.length - (data.length % 4);
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), multiplier);
    word = Math.imul(word ^ (word >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  if (whole < data.length) {
    hash ^= data.readUIntLE(whole, data.length - whole);
    hash = Math.imul(hash, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

/**
 * Partition of a key: the choice of the Java client and of kafkajs, so that all producers agree.
 *
 * kafkajs computes the same number with 64-bit objects, at many times the cost.
 */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
