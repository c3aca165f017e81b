// Random numbers that are a pure function of (seed, stream, step): no call order, no state to save.

/** 32 well-mixed bits out of three integers (the finaliser of MurmurHash3, applied in a chain). */
function mix(seed: number, stream: number, step: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ stream, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16) ^ step, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Uniform in 0..1, without 1. */
export const uniform = (seed: number, stream: number, step: number): number => mix(seed, stream, step) / 4_294_967_296;

/** An integer from 0 up to, not including, `below`. */
export const pick = (seed: number, stream: number, step: number, below: number): number => Math.floor(uniform(seed, stream, step) * below);

/** Close to a standard normal, within ±3.5: the sum of four 16-bit uniforms of two mixes. */
export function gauss(seed: number, stream: number, step: number): number {
  const a = mix(seed, stream, step);
  const b = mix(seed ^ 0x5bd1e995, stream, step);
  return (((a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16)) / 65_536 - 2) * 1.7320508;
}

const SLOW_STEPS = 12;

/** Noise with memory: mostly white, with a part that wanders over some ten steps, as real metrics do. About unit variance. */
export function wander(seed: number, stream: number, step: number): number {
  const from = Math.floor(step / SLOW_STEPS);
  const share = step / SLOW_STEPS - from;
  const slow = gauss(seed, stream + 7_919, from) * (1 - share) + gauss(seed, stream + 7_919, from + 1) * share;
  return 0.8 * gauss(seed, stream, step) + 0.6 * slow;
}

/** How often something with this mean happened: Poisson for small means, a rounded normal for large ones. */
export function poisson(mean: number, seed: number, stream: number, step: number): number {
  if (mean <= 0) return 0;
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gauss(seed, stream, step)));
  let left = uniform(seed, stream, step);
  let chance = Math.exp(-mean);
  let count = 0;
  while (left > chance && count < 200) {
    left -= chance;
    count += 1;
    chance *= mean / count;
  }
  return count;
}

/** A stream number for a name. */
export function streamOf(name: string): number {
  let h = 2_166_136_261;
  for (let i = 0; i < name.length; i += 1) h = Math.imul(h ^ name.charCodeAt(i), 16_777_619);
  return h >>> 0;
}
