// The sum-Merkle tree: nodes are pairs of a number of tickets and a hash.
import { decimal, hex, LIMIT, must, sha, toInteger, u64, unhex, whole } from "./exact.js";

const weightOf = (record) => toInteger(record.subarray(48, 56));
export const leaf = (record) => [weightOf(record), sha("\0", record)];

/** The node above two nodes: it binds both weights and both hashes. */
export function joinNodes(left, right) {
  const sum = left[0] + right[0];
  must(sum < LIMIT, "sum");
  return [sum, sha("\u0001", u64(left[0]), left[1], u64(right[0]), right[1])];
}

export const rootOf = (count, sum, top) => hex(sha("MVD1/root\0", u64(count), u64(sum), top));

/** The weight of a record, whose class must allow it. */
export function checkRecord(record) {
  const weight = weightOf(record);
  const kind = record[56];
  must(kind <= 4 && weight < LIMIT && !(weight && kind >= 1 && kind <= 3), "record");
  return weight;
}

/** Climb from a record to the published root; the first of its tickets. */
export function firstTicket(record, index, path, entries) {
  const count = whole(entries.n);
  const total = decimal(entries.W);
  const wrong = { leaf: index };
  must(Number.isSafeInteger(index) && index >= 0 && index < count, "path", wrong);
  must(Array.isArray(path) && path.every((s) => Array.isArray(s) && s.length === 2), "path", wrong);
  const steps = path.map((step) => [decimal(step[0]), unhex(step[1], 32)]);
  let here = leaf(record);
  let start = 0n;
  let used = 0;
  for (
    let size = count, at = index;
    size > 1;
    size = Math.ceil(size / 2), at = Math.floor(at / 2)
  ) {
    const other = at % 2 ? at - 1 : at + 1;
    if (other >= size) continue;
    must(used < steps.length, "path", wrong);
    const step = steps[used];
    used += 1;
    if (at % 2) start += step[0];
    here = at % 2 ? joinNodes(step, here) : joinNodes(here, step);
  }
  must(used === steps.length && here[0] === total, "path", wrong);
  must(rootOf(count, total, here[1]) === entries.root, "path", wrong);
  return start;
}
