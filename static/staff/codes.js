// Codes as a till sees them: one key for every way of writing a code, and the check character that tells a slip
// before the network is asked. The same rules as masterapp/coupons/codes.py.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 11;
const LOOKALIKES = { O: "0", I: "1", L: "1" };

/** Return what two spellings of one code have in common. */
export function fold(text) {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[OIL]/g, (letter) => LOOKALIKES[letter])
    .replace(/[^0-9A-Z]/g, "");
}

/** Return the code in what a scanner read: the bare code, or the last part of a coupon's page address. */
export function fromScan(text) {
  const plain = text.trim();
  if (!plain.includes("://")) return plain;
  return plain.split("?", 1)[0].split("#", 1)[0].replace(/\/+$/, "").split("/").pop();
}

/** Whether a folded code is one that the server could have made. */
export function isWellFormed(key) {
  if (key.length !== LENGTH) return false;
  const values = [...key].map((character) => ALPHABET.indexOf(character));
  if (values.includes(-1)) return false;
  let total = 0;
  let weight = 1;
  for (const value of values.slice(0, -1)) {
    weight = double(weight);
    total ^= multiply(value, weight);
  }
  return total === values.at(-1);
}

function double(value) {
  const doubled = value << 1;
  return doubled & 0b100000 ? doubled ^ 0b100101 : doubled;
}

function multiply(left, right) {
  let product = 0;
  for (let factor = left, rest = right; rest; rest >>= 1, factor = double(factor)) {
    if (rest & 1) product ^= factor;
  }
  return product;
}
