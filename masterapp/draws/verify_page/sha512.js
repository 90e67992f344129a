// SHA-512 (FIPS 180-4), for receipts only: a browser's own may be missing where a page is a file.
import { toInteger } from "./exact.js";

const SIXTY_FOUR = (1n << 64n) - 1n;
const firstPrimes = [];
for (let n = 2; firstPrimes.length < 80; n += 1)
  if (firstPrimes.every((prime) => n % prime)) firstPrimes.push(n);

/** The first 64 bits of the fraction of a root. */
function fraction64(prime, degree) {
  const scaled = BigInt(prime) << BigInt(64 * degree);
  let low = 0n;
  for (let bit = 1n << 70n; bit; bit >>= 1n)
    if ((low + bit) ** BigInt(degree) <= scaled) low += bit;
  return low & SIXTY_FOUR;
}

const K512 = firstPrimes.map((prime) => fraction64(prime, 3));
const START512 = firstPrimes.slice(0, 8).map((prime) => fraction64(prime, 2));
const turn = (x, by) => ((x >> BigInt(by)) | (x << BigInt(64 - by))) & SIXTY_FOUR;

function compress512(h, words) {
  const w = [...words];
  for (let i = 16; i < 80; i += 1) {
    const s0 = turn(w[i - 15], 1) ^ turn(w[i - 15], 8) ^ (w[i - 15] >> 7n);
    const s1 = turn(w[i - 2], 19) ^ turn(w[i - 2], 61) ^ (w[i - 2] >> 6n);
    w.push((w[i - 16] + s0 + w[i - 7] + s1) & SIXTY_FOUR);
  }
  let [a, b, c, d, e, f, g, k] = h;
  for (let i = 0; i < 80; i += 1) {
    const s1 = turn(e, 14) ^ turn(e, 18) ^ turn(e, 41);
    const t1 = k + s1 + ((e & f) ^ (~e & SIXTY_FOUR & g)) + K512[i] + w[i];
    const s0 = turn(a, 28) ^ turn(a, 34) ^ turn(a, 39);
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    [k, g, f, e, d, c, b, a] = [g, f, e, (d + t1) & SIXTY_FOUR, c, b, a, (t1 + t2) & SIXTY_FOUR];
  }
  return [a, b, c, d, e, f, g, k].map((x, i) => (x + h[i]) & SIXTY_FOUR);
}

/** The hash as eight integers of 64 bits put together, most significant first. */
export function sha512(data) {
  const padded = new Uint8Array(Math.ceil((data.length + 17) / 128) * 128);
  padded.set(data);
  padded[data.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(data.length) * 8n);
  let h = START512;
  for (let at = 0; at < padded.length; at += 128) {
    const word = (_, i) => toInteger(padded.subarray(at + 8 * i, at + 8 * i + 8));
    h = compress512(h, Array.from({ length: 16 }, word));
  }
  return h.reduce((all, part) => (all << 64n) | part, 0n);
}
