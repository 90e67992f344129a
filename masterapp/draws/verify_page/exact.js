// Exact things: strict JSON, canonical bytes, SHA-256, HMAC and unbiased integers.

/** Something that is not as the specification says; carries the code of a sentence. */
export class Wrong extends Error {
  constructor(code, facts = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

export function must(condition, code, facts) {
  if (!condition) throw new Wrong(code, facts);
}

export const LIMIT = 2n ** 63n;
const DEEPEST = 32;
const utf8 = new TextEncoder();

/** Strict JSON: the browser's own parser would let floats and repeated keys through. */
export function parse(text) {
  let at = 0;
  const blank = () => {
    while (" \t\n\r".includes(text[at] || "x")) at += 1;
  };
  const take = (mark) => {
    blank();
    if (text[at] !== mark) return false;
    at += 1;
    blank();
    return true;
  };
  const token = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    must(found, "json");
    at = pattern.lastIndex;
    return found[0];
  };
  const string = () => {
    const quoted = token(/"(?:[^"\\]|\\[\s\S])*"/y);
    let value = "";
    try {
      value = JSON.parse(quoted);
    } catch {
      must(false, "json");
    }
    must(value === value.normalize("NFC") && !/\p{Surrogate}/u.test(value), "json");
    return value;
  };
  const list = (depth) => {
    const items = [];
    if (take("]")) return items;
    do items.push(value(depth + 1));
    while (take(","));
    must(take("]"), "json");
    return items;
  };
  const object = (depth) => {
    const found = Object.create(null);
    if (take("}")) return found;
    do {
      blank();
      const key = string();
      must([...key].every((letter) => letter <= "\u007f") && !(key in found) && take(":"), "json");
      found[key] = value(depth + 1);
    } while (take(","));
    must(take("}"), "json");
    return found;
  };
  const value = (depth) => {
    must(depth <= DEEPEST, "json");
    if (take("{")) return object(depth);
    if (take("[")) return list(depth);
    if (text[at] === '"') return string();
    const word = token(/true|false|null|-?(?:0|[1-9][0-9]*)(?![.eE0-9])/y);
    if (/[a-z]/.test(word)) return { true: true, false: false, null: null }[word];
    must(Number.isSafeInteger(Number(word)), "json");
    return Number(word) + 0;
  };
  blank();
  const found = value(0);
  blank();
  must(at === text.length, "json");
  return found;
}

/** The canonical text of a value that came from `parse`. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join(",")}}`;
}

export const isObject = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value);
export const bytes = (text) => utf8.encode(text);

export function join(...parts) {
  const all = parts.map((part) => (typeof part === "string" ? bytes(part) : part));
  const out = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const hex = (data) =>
  Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function unhex(text, size) {
  must(typeof text === "string" && text.length === 2 * size && /^[0-9a-f]*$/.test(text), "shape");
  return Uint8Array.from({ length: size }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

export function bigEndian(number, size) {
  return unhex(
    BigInt(number)
      .toString(16)
      .padStart(2 * size, "0"),
    size,
  );
}

export const u64 = (number) => bigEndian(number, 8);
export const toInteger = (data) => BigInt(`0x${hex(data) || "0"}`);

export function decimal(text) {
  must(typeof text === "string" && /^(0|[1-9][0-9]{0,18})$/.test(text), "shape");
  must(BigInt(text) < LIMIT, "shape");
  return BigInt(text);
}

export function whole(value, least = 0) {
  must(Number.isSafeInteger(value) && value >= least, "shape");
  return value;
}

/** The sixteen bytes of an identifier, written in its one form. */
export function uuid(value) {
  const form = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  must(typeof value === "string" && form.test(value), "shape");
  return unhex(value.replaceAll("-", ""), 16);
}

/** Whether two JSON values are equal. */
export const equal = (a, b) => a !== undefined && canonical(a) === canonical(b);

/** A field, or what stands for it when it is absent; null is a value like another. */
export const given = (document, key, absent) => (key in document ? document[key] : absent);

// SHA-256 (FIPS 180-4); its constants are the roots of the first primes, computed here in integers.
const primes = [];
for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
const fraction = (prime, degree) => {
  const scaled = BigInt(prime) << BigInt(32 * degree);
  let low = 0n;
  for (let bit = 1n << 40n; bit; bit >>= 1n)
    if ((low + bit) ** BigInt(degree) <= scaled) low += bit;
  return Number(low & 0xffffffffn);
};
const K = Int32Array.from(primes, (prime) => fraction(prime, 3));
const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(prime, 2));
const W = new Int32Array(64);

function compress(h, data, at) {
  for (let i = 0; i < 16; i += 1) {
    const p = at + 4 * i;
    W[i] = (data[p] << 24) | (data[p + 1] << 16) | (data[p + 2] << 8) | data[p + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = W[i - 15];
    const y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  // Taken one by one: destructuring walks an iterator and would be four times slower.
  let a = h[0];
  let b = h[1];
  let c = h[2];
  let d = h[3];
  let e = h[4];
  let f = h[5];
  let g = h[6];
  let k = h[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (k + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    k = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  h[0] += a;
  h[1] += b;
  h[2] += c;
  h[3] += d;
  h[4] += e;
  h[5] += f;
  h[6] += g;
  h[7] += k;
}

/** A hash that is fed piece by piece. */
export class Sha256 {
  constructor() {
    this.h = Int32Array.from(START);
    this.rest = new Uint8Array(128);
    this.held = 0;
    this.length = 0;
  }

  update(data) {
    this.length += data.length;
    let at = 0;
    if (this.held) {
      at = Math.min(64 - this.held, data.length);
      this.rest.set(data.subarray(0, at), this.held);
      this.held += at;
      if (this.held < 64) return this;
      compress(this.h, this.rest, 0);
    }
    for (; at + 64 <= data.length; at += 64) compress(this.h, data, at);
    this.rest.set(data.subarray(at));
    this.held = data.length - at;
    return this;
  }

  digest() {
    const size = this.held < 56 ? 64 : 128;
    const { rest } = this;
    rest.fill(0, this.held);
    rest[this.held] = 0x80;
    const view = new DataView(rest.buffer);
    view.setUint32(size - 8, Math.floor(this.length / 2 ** 29));
    view.setUint32(size - 4, (this.length * 8) >>> 0);
    compress(this.h, rest, 0);
    if (size === 128) compress(this.h, rest, 64);
    const out = new DataView(new ArrayBuffer(32));
    for (let i = 0; i < 8; i += 1) out.setInt32(4 * i, this.h[i]);
    return new Uint8Array(out.buffer);
  }
}

export const sha = (...parts) => new Sha256().update(join(...parts)).digest();

export function hmac(key, message) {
  const block = new Uint8Array(64);
  block.set(key);
  const inner = sha(
    block.map((byte) => byte ^ 0x36),
    message,
  );
  return sha(
    block.map((byte) => byte ^ 0x5c),
    inner,
  );
}

/** The integer below `bound` at a place of a stream; blocks past the last multiple are lost. */
export function uniform(seed, label, place, bound) {
  const limit = 2n ** 256n - (2n ** 256n % bound);
  for (let attempt = 0; ; attempt += 1) {
    const message = join("MVD1/rng\0", label, "\0", u64(place), bigEndian(attempt, 4));
    const block = toInteger(hmac(seed, message));
    if (block < limit) return block % bound;
  }
}
