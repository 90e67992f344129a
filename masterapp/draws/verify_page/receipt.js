// A signed receipt: what was promised to one entrant, against what the sealed list says.
import { ed25519IsRight } from "./ed25519.js";
import { bytes, canonical, decimal, hex, must, unhex, uuid, whole } from "./exact.js";
import { seconds } from "./mvd1.js";
import { checkRecord } from "./tree.js";

/** The form of a receipt, and whether the key that it names signed it. */
export function checkReceipt(receipt, report) {
  must(receipt.v === "MVD1-RECEIPT-1", "version");
  uuid(receipt.draw_id);
  for (const name of ["tag", "salt", "log_head"]) unhex(receipt[name], 32);
  const seq = whole(receipt.seq, 1);
  const weight = decimal(receipt.weight);
  const kind = whole(receipt.class);
  seconds(receipt.ts);
  must(kind <= 4 && !(weight && kind >= 1 && kind <= 3), "record");
  const key = unhex(receipt.key, 32);
  const { signature, ...signed } = receipt;
  const message = bytes(canonical(signed));
  must(ed25519IsRight(key, message, unhex(signature, 64)), "receipt_forged");
  report.good("receipt_good", { seq, weight, at: receipt.ts });
  report.open("open_key", { key: hex(key) });
}

/** Compare with the record that a ticket, the certificate or the list holds. */
export function compareReceipt(receipt, record, report) {
  const weight = decimal(receipt.weight);
  const listed = checkRecord(record);
  const facts = { seq: receipt.seq, weight, listed };
  if (listed > weight) report.good("receipt_more", facts);
  else if (listed === weight) report.good("receipt_same", facts);
  else if (record[56] >= 1 && record[56] <= 3) report.open("open_receipt_class", facts);
  else must(false, "receipt_less", facts);
}

/** A receipt beside a ticket that was found right. */
export function receiptWithTicket(receipt, ticket, report) {
  const record = unhex(ticket.record, 57);
  const right =
    hex(record.subarray(0, 32)) === receipt.tag &&
    ticket.commitment.draw_id === receipt.draw_id &&
    ticket.salt === receipt.salt;
  must(right, "receipt_other");
  compareReceipt(receipt, record, report);
}

/** A receipt beside a certificate, and the list if there is one, that were found right. */
export async function receiptWithList(receipt, certificate, file, report) {
  must(certificate.commitment.draw_id === receipt.draw_id, "receipt_other");
  const drawn = certificate.draws.find((step) => step.record.slice(0, 64) === receipt.tag);
  let record = drawn ? unhex(drawn.record, 57) : null;
  if (file) {
    record = await findRecord(file, certificate.commitment.entries.n, receipt.tag);
    must(record, "receipt_missing", { seq: receipt.seq, tag: receipt.tag.slice(0, 12) });
  }
  if (!record) return report.open("open_receipt");
  report.good(`class_${record[56]}`);
  return compareReceipt(receipt, record, report);
}

/** The record of a tag in a list that is known to be sorted, or null. */
async function findRecord(file, count, tag) {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const at = 37 + 57 * middle;
    const record = new Uint8Array(await file.slice(at, at + 57).arrayBuffer());
    const here = hex(record.subarray(0, 32));
    if (here === tag) return record;
    if (here < tag) low = middle + 1;
    else high = middle;
  }
  return null;
}
