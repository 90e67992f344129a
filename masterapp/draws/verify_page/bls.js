// BLS12-381 in the open: is this the beacon's signature? Written for reading; nothing is secret.
//
// Elements of the field are BigInts, those of its extension by i are pairs, those of that one's
// extension by w, with w^6 = 1+i, are lists of six pairs. Points are affine pairs of pairs, null at
// infinity; points of the first group have zero imaginary parts, so one addition serves both.
import { bigEndian, hex, must, sha, toInteger, u64, unhex } from "./exact.js";
import { ISO_A, ISO_B, ISOGENY } from "./isogeny.js";

const P =
  0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
const X = 0xd201000000010000n; // the curve's parameter is -X
const DST = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const GENERATOR =
  "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";
const ZERO = [0n, 0n];
const ONE = [1n, 0n];

const mod = (a) => {
  const rest = a % P;
  return rest < 0n ? rest + P : rest;
};
const same = (a, b) => a[0] === b[0] && a[1] === b[1];
const mul = (a, b) => [mod(a[0] * b[0] - a[1] * b[1]), mod(a[0] * b[1] + a[1] * b[0])];
const sub = (a, b) => [mod(a[0] - b[0]), mod(a[1] - b[1])];

function invert(a) {
  let [low, high, u, v] = [mod(a), P, 1n, 0n];
  while (low > 1n) {
    const times = high / low;
    [low, high, u, v] = [high - times * low, low, v - times * u, u];
  }
  return mod(u);
}

function inverse(a) {
  const norm = invert(a[0] * a[0] + a[1] * a[1]);
  return [mod(a[0] * norm), mod(-a[1] * norm)];
}

function power(a, exponent, times, one) {
  let result = one;
  for (const bit of exponent.toString(2)) {
    result = times(result, result);
    if (bit === "1") result = times(result, a);
  }
  return result;
}

const timesOne = (a, b) => (a * b) % P;

/** A square root in the prime field, or null. */
function root(a) {
  const square = mod(a);
  const found = power(square, (P + 1n) / 4n, timesOne, 1n);
  return timesOne(found, found) === square ? found : null;
}

/** A square root in the quadratic extension, by way of the norm, or null. */
function rootOfPair(a) {
  const norm = root(a[0] * a[0] + a[1] * a[1]);
  if (norm === null) return null;
  const half = (P + 1n) / 2n;
  const real = root((a[0] + norm) * half) ?? root((a[0] - norm) * half);
  if (real) return [real, mod(a[1] * half * invert(real))];
  if (a[1]) return null;
  return a[0] ? [0n, root(-a[0])] : ZERO;
}

/** The slope of the line through two points, or of the tangent; null if it is vertical. */
function slope(a, b) {
  if (!same(a[0], b[0])) return mul(sub(b[1], a[1]), inverse(sub(b[0], a[0])));
  if (!same(a[1], b[1]) || same(a[1], ZERO)) return null;
  return mul(mul([3n, 0n], mul(a[0], a[0])), inverse(mul([2n, 0n], a[1])));
}

function add(a, b) {
  if (a === null || b === null) return a ?? b;
  const m = slope(a, b);
  if (m === null) return null;
  const x = sub(sub(mul(m, m), a[0]), b[0]);
  return [x, sub(mul(m, sub(a[0], x)), a[1])];
}

const multiply = (point, number) => power(point, number, add, null);

/** A point of the curve from its 48 bytes (first group) or 96 (second), or null. */
function decompress(data) {
  const second = data.length === 96;
  if (!(data[0] & 0x80) || data[0] & 0x40) return null;
  const high = toInteger(data.subarray(0, 48)) & ((1n << 381n) - 1n);
  const low = second ? toInteger(data.subarray(48)) : 0n;
  if (high >= P || low >= P) return null;
  const x = second ? [low, high] : [high, 0n];
  const cube = mul(x, mul(x, x));
  const square = [mod(cube[0] + 4n), second ? mod(cube[1] + 4n) : 0n];
  const real = second ? null : root(square[0]);
  let y = second ? rootOfPair(square) : real === null ? null : [real, 0n];
  if (y === null) return null;
  const larger = (y[1] || y[0]) > (P - 1n) / 2n;
  if (larger !== Boolean(data[0] & 0x20)) y = sub(ZERO, y);
  return [x, y];
}

const inSubgroup = (point) => multiply(point, ORDER) === null;

/** RFC 9380, suite BLS12381G1_XMD:SHA-256_SSWU_RO_. */
export function hashToCurve(message, dst) {
  const tail = [dst, Uint8Array.of(dst.length)];
  const first = sha(new Uint8Array(64), message, bigEndian(128, 2), "\0", ...tail);
  const blocks = [sha(first, "\u0001", ...tail)];
  for (const i of [2, 3, 4]) {
    const last = blocks.at(-1);
    blocks.push(
      sha(
        first.map((byte, at) => byte ^ last[at]),
        Uint8Array.of(i),
        ...tail,
      ),
    );
  }
  const points = [0, 2].map((i) =>
    mapToCurve(mod(BigInt(`0x${hex(blocks[i])}${hex(blocks[i + 1])}`))),
  );
  return multiply(add(...points), X + 1n);
}

/** The simplified SWU map to an isogenous curve, then the isogeny of degree 11. */
function mapToCurve(u) {
  const z = 11n;
  const cube = (x) => x * x * x + ISO_A * x + ISO_B;
  const step = mod(z * z * u ** 4n + z * u * u);
  let x = step ? mod(-ISO_B * invert(ISO_A) * (1n + invert(step))) : mod(ISO_B * invert(z * ISO_A));
  let y = root(cube(x));
  if (y === null) {
    x = mod(z * u * u * x);
    y = root(cube(x));
  }
  if (y % 2n !== u % 2n) y = -y;
  const [topX, lowX, topY, lowY] = ISOGENY.map((coefficients) =>
    coefficients.reduceRight((value, coefficient) => mod(value * x + coefficient), 0n),
  );
  return [
    [mod(topX * invert(lowX)), 0n],
    [mod(y * topY * invert(lowY)), 0n],
  ];
}

/** Product of two lists of six pairs; zeros of the second one cost nothing. */
function times12(f, g) {
  const real = Array(11).fill(0n);
  const imaginary = Array(11).fill(0n);
  for (let j = 0; j < 6; j += 1) {
    const [c, d] = g[j];
    if (!c && !d) continue;
    for (let i = 0; i < 6; i += 1) {
      const [a, b] = f[i];
      real[i + j] += a * c - b * d;
      imaginary[i + j] += a * d + b * c;
    }
  }
  for (let i = 0; i < 5; i += 1) {
    real[i] += real[i + 6] - imaginary[i + 6];
    imaginary[i] += real[i + 6] + imaginary[i + 6];
  }
  return f.map((_, i) => [mod(real[i]), mod(imaginary[i])]);
}

/** The line through two points of the second group, at a point of the first one. */
function line(a, b, at) {
  const m = slope(a, b);
  return [sub(mul(m, a[0]), a[1]), ZERO, mul(m, [mod(-at[0][0]), 0n]), at[1], ZERO, ZERO];
}

/** Whether the product of the pairings e(p, q) is one, p in the first group, q in the second. */
function pairingsCancel(pairs) {
  const one = [ONE, ZERO, ZERO, ZERO, ZERO, ZERO];
  const points = pairs.map(([, q]) => q);
  let f = one;
  for (const bit of X.toString(2).slice(1)) {
    f = times12(f, f);
    pairs.forEach(([p, q], k) => {
      f = times12(f, line(points[k], points[k], p));
      points[k] = add(points[k], points[k]);
      if (bit === "0") return;
      f = times12(f, line(points[k], q, p));
      points[k] = add(points[k], q);
    });
  }
  // The rest of the exponent (p^12 - 1) / r: first p^2 + 1, then (p^4 - p^2 + 1) / r. Instead of
  // raising to p^6 - 1 at last, see that p^6 changes nothing: odd powers of w have vanished.
  const turn = power([1n, 1n], (P * P - 1n) / 6n, mul, ONE);
  f = times12(
    f,
    f.map((c, k) => mul(c, power(turn, BigInt(k), mul, ONE))),
  );
  f = power(f, (P ** 4n - P * P + 1n) / ORDER, times12, one);
  return [1, 3, 5].every((k) => same(f[k], ZERO)) && f.some((c) => !same(c, ZERO));
}

/** Whether e(signature, generator) = e(hash of the round's number, key of the network). */
export function beaconIsRight(number, signature, key) {
  const point = decompress(signature);
  const groupKey = decompress(key);
  // The generator and the network's key are constants of this page; the signature came from outside.
  if (point === null || groupKey === null || !inSubgroup(point)) return false;
  const message = hashToCurve(sha(u64(number)), DST);
  must(message !== null, "beacon", { round: number });
  return pairingsCancel([
    [[point[0], sub(ZERO, point[1])], decompress(unhex(GENERATOR, 96))],
    [message, groupKey],
  ]);
}
