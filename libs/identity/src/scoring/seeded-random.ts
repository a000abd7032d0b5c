/**
 * A source of numbers that repeats itself: the same seed gives the same sequence, so that learning has one outcome.
 * Not for secrets. (The generator is Mulberry32, a public-domain algorithm of 32 bits of state.)
 *
 * @returns a function giving whole numbers from 0 to below `bound`
 */
export function seededRandom(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}
