// Ed25519 in the open (RFC 8032): did this key sign this message? Nothing here is secret.
//
// The curve -x^2 + y^2 = 1 + d x^2 y^2 over the field of 2^255 - 19 elements; points are
// [X, Y, Z, T] with x = X/Z, y = Y/Z and xy = T/Z, so that adding needs no division.
import { bigEndian, join, toInteger } from "./exact.js";
import { sha512 } from "./sha512.js";

const ED_P = 2n ** 255n - 19n;
const ED_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const edMod = (a) => ((a % ED_P) + ED_P) % ED_P;

function edPower(a, exponent) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % ED_P;
    if (bit === "1") result = (result * a) % ED_P;
  }
  return result;
}

const edInverse = (a) => edPower(edMod(a), ED_P - 2n);
const ED_D = edMod(-121665n * edInverse(121666n));
const littleEndian = (data) => toInteger(Uint8Array.from(data).reverse());

function edAdd(a, b) {
  const low = (a[1] - a[0]) * (b[1] - b[0]);
  const high = (a[1] + a[0]) * (b[1] + b[0]);
  const twist = 2n * ED_D * a[3] * b[3];
  const both = 2n * a[2] * b[2];
  const [e, f, g, h] = [high - low, both - twist, both + twist, high + low];
  return [edMod(e * f), edMod(g * h), edMod(f * g), edMod(e * h)];
}

function edMultiply(point, number) {
  let result = [0n, 1n, 1n, 0n];
  for (const bit of number.toString(2)) {
    result = edAdd(result, result);
    if (bit === "1") result = edAdd(result, point);
  }
  return result;
}

/** A point from its 32 bytes, written in their one form, or null. */
function edPoint(data) {
  const number = littleEndian(data);
  const y = number & (2n ** 255n - 1n);
  const odd = number >> 255n;
  if (y >= ED_P) return null;
  const square = edMod((y * y - 1n) * edInverse(ED_D * y * y + 1n));
  let x = edPower(square, (ED_P + 3n) / 8n);
  if ((x * x) % ED_P !== square) x = (x * edPower(2n, (ED_P - 1n) / 4n)) % ED_P;
  if ((x * x) % ED_P !== square || (x === 0n && odd)) return null;
  if ((x & 1n) !== odd) x = ED_P - x;
  return [x, y, 1n, (x * y) % ED_P];
}

const ED_BASE = edPoint(Uint8Array.from(bigEndian(edMod(4n * edInverse(5n)), 32)).reverse());

/** Whether [s]B = R + [k]A, with every number and point in its one form. */
export function ed25519IsRight(key, message, signature) {
  const scalar = littleEndian(signature.subarray(32));
  const signer = edPoint(key);
  const r = edPoint(signature.subarray(0, 32));
  if (scalar >= ED_ORDER || !signer || !r) return false;
  const digest = sha512(join(signature.subarray(0, 32), key, message));
  const k = littleEndian(bigEndian(digest, 64)) % ED_ORDER;
  const left = edMultiply(ED_BASE, scalar);
  const right = edAdd(r, edMultiply(signer, k));
  return [0, 1].every((i) => edMod(left[i] * right[2] - right[i] * left[2]) === 0n);
}
