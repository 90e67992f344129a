// Full verification: read the whole list, rebuild its root, and find every drawn leaf in it.
import { equal, given, hex, LIMIT, must, Sha256, toInteger, uuid, whole } from "./exact.js";
import { checkRecord, joinNodes, leaf, rootOf } from "./tree.js";

const RECORD = 57;
const AT_A_TIME = RECORD * 16384;

/** Add a leaf to a growing tree of which only the complete left subtrees are held. */
function addTo(stack, node) {
  let height = 0;
  let here = node;
  while (stack.length && stack.at(-1).height === height) {
    here = joinNodes(stack.pop().node, here);
    height += 1;
  }
  stack.push({ height, node: here });
}

function foldUp(stack) {
  const nodes = stack.map(({ node }) => node);
  if (!nodes.length) return [0n, new Sha256().digest()];
  return nodes.reduceRight((right, left) => joinNodes(left, right));
}

function follows(record, last) {
  if (last === null) return true;
  for (let i = 0; i < 32; i += 1) if (record[i] !== last[i]) return record[i] > last[i];
  return false;
}

async function readHead(file, commitment) {
  const head = new Uint8Array(await file.slice(0, 37).arrayBuffer());
  const magic = new TextDecoder().decode(head.subarray(0, 13));
  must(head.length === 37 && magic === "MVD1-ENTRIES\n", "not_entries");
  must(hex(head.subarray(13, 29)) === hex(uuid(commitment.draw_id)), "other_list");
  const count = toInteger(head.subarray(29));
  must(count === BigInt(whole(commitment.entries.n)), "other_list");
  return { head, count: Number(count) };
}

/** Check a file of entries (a Blob) against a certificate that light verification accepted. */
export async function checkEntries(certificate, file, report, onProgress = () => {}) {
  const { commitment } = certificate;
  const { entries } = commitment;
  const { head, count } = await readHead(file, commitment);
  const digest = new Sha256().update(head);
  const drawn = new Map(certificate.draws.map((step) => [step.leaf, step]));
  const classes = [0, 0, 0, 0, 0];
  const stack = [];
  let last = null;
  let total = 0n;
  let index = 0;
  const end = 37 + count * RECORD;
  for (let at = 37; at < end; at += AT_A_TIME) {
    const part = new Uint8Array(await file.slice(at, Math.min(at + AT_A_TIME, end)).arrayBuffer());
    digest.update(part);
    for (let from = 0; from + RECORD <= part.length; from += RECORD, index += 1) {
      const record = part.subarray(from, from + RECORD);
      must(follows(record, last), "unsorted", { place: index });
      const weight = checkRecord(record);
      must(total + weight < LIMIT, "sum");
      const step = drawn.get(index);
      must(!step || step.record === hex(record), "other_record", { leaf: index });
      const ticket = step ? BigInt(step.ticket) - 1n : total;
      must(!step || (total <= ticket && ticket < total + weight), "other_list");
      total += weight;
      last = record;
      classes[record[56]] += 1;
      addTo(stack, leaf(record));
    }
    must(part.length % RECORD === 0 && index * RECORD === at - 37 + part.length, "truncated", {
      found: index,
      count,
    });
    onProgress(index, count);
  }
  must(index === count, "truncated", { found: index, count });
  must(file.size === end, "trailing");
  const top = foldUp(stack);
  must(
    String(top[0]) === entries.W && rootOf(count, top[0], top[1]) === entries.root,
    "other_list",
  );
  const fileHash = hex(digest.digest());
  must(given(entries, "file_sha256", fileHash) === fileHash, "other_list");
  const counts = { ...classes };
  must(equal(given(entries, "classes", counts), counts), "classes");
  report.good("entries_good", { count, total: top[0] });
  report.good("classes_good", Object.fromEntries(classes.map((n, kind) => [`c${kind}`, n])));
}
