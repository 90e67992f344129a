// The checks of MVD1, written from the published specification: a certificate, the whole list, or
// one entrant's own proof. Each check adds sentences to a report: right, wrong, or not looked at.
import { beaconIsRight } from "./bls.js";
import {
  bigEndian,
  bytes,
  canonical,
  decimal,
  equal,
  given,
  hex,
  isObject,
  must,
  sha,
  toInteger,
  unhex,
  uniform,
  uuid,
  whole,
} from "./exact.js";
import { Report } from "./report.js";
import { isForeign, levelOf, QUICKNET, sourceBytes, sourcesAreKept } from "./sources.js";
import { checkRecord, firstTicket } from "./tree.js";

const MOST_PLACES = 2 ** 20;
const REASONS = [
  "NO_REPLY",
  "DECLINED",
  "INELIGIBLE_AGE",
  "INELIGIBLE_COUNTRY",
  "STAFF_OR_HOUSEHOLD",
  "COMPETITOR",
  "DUPLICATE_ACCOUNT",
  "IDENTITY_MISMATCH",
  "RULES_FRAUD",
];

function object(document, key) {
  must(isObject(document) && isObject(document[key]), "shape");
  return document[key];
}

function list(document, key) {
  must(isObject(document), "shape");
  if (!(key in document)) return [];
  must(Array.isArray(document[key]), "shape");
  return document[key];
}

export function seconds(text) {
  const form = /^(?!0000)[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-5][0-9]){2}Z$/;
  must(typeof text === "string" && form.test(text), "shape");
  const found = Date.parse(text);
  must(new Date(found || 0).toISOString() === text.replace("Z", ".000Z"), "shape");
  return found / 1000;
}

const commitHash = (commitment) => sha("MVD1/commit\0", canonical(commitment));

export function humanCode(fingerprint) {
  const bits = toInteger(fingerprint) >> 156n;
  const letter = (i) =>
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Number((bits >> BigInt(95 - 5 * i)) & 31n)];
  return Array.from({ length: 20 }, (_, i) => (i && i % 4 === 0 ? "-" : "") + letter(i)).join("");
}

function slotsOf(prizes) {
  must(
    prizes.every((prize) => isObject(prize) && typeof prize.id === "string"),
    "shape",
  );
  const ids = prizes.map((prize) => prize.id);
  must(ids.length && ids.every(Boolean) && new Set(ids).size === ids.length, "shape");
  const alternates = (prize) => ("alternates" in prize ? whole(prize.alternates) : 0);
  const sizes = prizes.map((prize) => whole(prize.qty, 1) + alternates(prize));
  must(sizes.reduce((sum, size) => sum + size, 0) <= MOST_PLACES, "shape");
  const ranks = (prize, kind, size) =>
    Array.from({ length: size }, (_, i) => [prize.id, kind, i + 1]);
  return [
    ...prizes.flatMap((prize) => ranks(prize, "winner", prize.qty)),
    ...prizes.flatMap((prize) => ranks(prize, "alternate", alternates(prize))),
  ];
}

/** Light verification: everything the certificate alone can prove. */
export function checkCertificate(certificate, report, options) {
  must(certificate.v === "MVD1-CERTIFICATE-1", "version");
  const commitment = object(certificate, "commitment");
  must(commitment.v === "MVD1", "version");
  uuid(commitment.draw_id);
  const entries = object(commitment, "entries");
  must(whole(entries.n) >= 0 && unhex(entries.root, 32), "shape");
  const fingerprint = checkCommitment(certificate, commitment, report, options);
  const seed = checkEntropy(certificate, commitment, fingerprint, report);
  const prior = checkPrior(certificate, commitment, report, options);
  checkDraws(certificate, commitment, seed, prior, report);
  const sample = "audit" in commitment ? whole(object(commitment, "audit").sample) : 0;
  checkAudit(certificate, seed, decimal(entries.W), sample, report);
  checkVacancies(certificate, commitment, report);
  for (const code of ["open_time", "open_phantoms", "open_people"]) report.open(code);
}

function checkCommitment(certificate, commitment, report, options) {
  const fingerprint = commitHash(commitment);
  must(certificate.commit_hash === hex(fingerprint), "commit");
  const code = humanCode(fingerprint);
  must(certificate.code === code, "commit");
  if (options.code) {
    const typed = options.code.replace(/[- ]/g, "").toUpperCase().replace(/[IL]/g, "1");
    must(typed.replace(/O/g, "0") === code.replace(/-/g, ""), "code", { code });
    report.good("code_good", { code });
  } else {
    report.open("open_code", { code });
  }
  report.good("commit_good", { code });
  return fingerprint;
}

function checkEntropy(certificate, commitment, fingerprint, report) {
  const revealed = list(certificate, "entropy");
  const announced = list(commitment, "entropy");
  must(revealed.length && [...revealed, ...announced].every(isObject), "entropy");
  if (!sourcesAreKept(announced, revealed)) {
    const fallback =
      "fallback" in commitment ? list(object(commitment, "fallback"), "entropy") : [];
    must(fallback.every(isObject) && sourcesAreKept(fallback, revealed), "entropy");
    report.open("open_fallback");
  }
  const level = levelOf(revealed);
  must(certificate.level === level, "level");
  for (const source of revealed) {
    if (source.type === "drand") checkRound(source, commitment, report);
  }
  must(revealed.length < 256, "entropy");
  const parts = revealed.map(sourceBytes).flatMap((part) => [bigEndian(part.length, 2), part]);
  const seed = sha("MVD1/seed\0", fingerprint, Uint8Array.of(revealed.length), ...parts);
  must(certificate.seed === hex(seed), "seed");
  report.good("seed_good", { level });
  const foreign = isForeign(revealed.at(-1));
  report.good(foreign ? "level_foreign" : `level_${level.replace("+", "p")}`);
  if (level === "A+") report.open("open_sources");
  return seed;
}

function checkRound(source, commitment, report) {
  const round = whole(source.round, 1);
  const signature = unhex(source.signature, 48);
  unhex(source.chain, 32);
  const randomness = hex(sha(signature));
  must(given(source, "randomness", randomness) === randomness, "entropy");
  if (isForeign(source)) {
    report.open("open_foreign", { round });
    report.open("open_chain", { round });
  } else {
    must(beaconIsRight(round, signature, unhex(QUICKNET.key, 96)), "beacon", { round });
    report.good("beacon_good", { round });
    checkTime(round, commitment, report);
  }
  if ("draw_at" in commitment && "closed_at" in commitment) {
    must(seconds(commitment.closed_at) < seconds(commitment.draw_at), "closed");
  }
}

function checkTime(round, commitment, report) {
  if ("draw_at" in commitment) {
    const passed = seconds(commitment.draw_at) - QUICKNET.genesis;
    must(round === Math.max(1, Math.ceil(passed / QUICKNET.period) + 1), "round", { round });
    report.good("round_good", { round, at: commitment.draw_at });
  } else {
    report.open("open_draw_at", { round });
  }
}

/** The groups that have already won, checked against earlier certificates when given. */
function checkPrior(certificate, commitment, report, options) {
  const named = list(commitment, "exclude_winners_of");
  const groups = list(certificate, "prior_groups");
  for (const group of groups) unhex(group, 16);
  named.forEach(uuid);
  must(named.length || !groups.length, "prior");
  const earlier = options.earlier ?? [];
  if (named.length && !earlier.length) {
    report.open("open_prior", { count: groups.length });
  } else if (named.length) {
    const found = new Set();
    const seen = new Set();
    for (const other of earlier) {
      checkCertificate(other, new Report(), { ...options, earlier: [], code: null });
      seen.add(other.commitment.draw_id);
      for (const step of other.draws) {
        if (step.status[1] === "winner") found.add(step.record.slice(64, 96));
      }
    }
    const agree = (set, items) =>
      set.size === new Set(items).size && items.every((x) => set.has(x));
    must(agree(seen, named) && agree(found, groups), "prior");
    report.good("prior_good", { count: groups.length });
  }
  return new Set(groups);
}

/** Replay the drawing: every number, every ticket, every leaf, every place. */
function checkDraws(certificate, commitment, seed, prior, report) {
  const { entries } = commitment;
  const wanted = slotsOf(list(commitment, "prizes"));
  const most = "max_per_group" in commitment ? whole(commitment.max_per_group, 1) : 1;
  let live = decimal(entries.W);
  let filled = 0;
  const removed = [];
  const taken = new Map();
  must("draws" in certificate, "shape");
  const steps = list(certificate, "draws");
  steps.forEach((step, i) => {
    const place = { place: i + 1 };
    must(isObject(step) && step.i === i, "order", place);
    must(filled < wanted.length && live > 0n, "extra", place);
    const number = uniform(seed, "order", i, live);
    must(decimal(step.u) === number && decimal(step.live) === live, "number", place);
    let ticket = number;
    for (const [start, weight] of removed) {
      if (start > ticket) break;
      ticket += weight;
    }
    must(decimal(step.ticket) === ticket + 1n, "ticket", place);
    const record = unhex(step.record, 57);
    const weight = checkRecord(record);
    const start = firstTicket(record, step.leaf, step.path, entries);
    must(start <= ticket && ticket < start + weight, "holder", place);
    const behind = removed.findIndex(([other]) => other > start);
    removed.splice(behind < 0 ? removed.length : behind, 0, [start, weight]);
    live -= weight;
    const group = hex(record.subarray(32, 48));
    let status = wanted[filled];
    if (prior.has(group)) {
      status = ["skip", "prior_winner"];
    } else if ((taken.get(group) ?? 0) >= most) {
      status = ["skip", "same_group"];
    } else {
      filled += 1;
      taken.set(group, (taken.get(group) ?? 0) + 1);
    }
    must(equal(step.status, status), "status", place);
  });
  must(filled === wanted.length || live === 0n, "missing", { place: steps.length + 1 });
  must(equal(certificate.unfilled, wanted.slice(filled)), "unfilled");
  report.good("draws_good", { steps: steps.length, count: entries.n, total: entries.W });
  for (const step of steps) {
    const [prize, kind, rank] = step.status;
    const words = { number: step.ticket, place: step.i + 1, tag: step.record.slice(0, 12) };
    if (step.status.length === 2) report.good(`step_${kind}`, words);
    else report.good(`step_${kind}`, { ...words, prize, rank });
  }
  if (filled < wanted.length) report.good("exhausted", { count: wanted.length - filled });
}

function checkAudit(certificate, seed, total, sample, report) {
  must(sample <= MOST_PLACES, "shape");
  const size = total ? sample : 0;
  const audit = "audit" in certificate ? object(certificate, "audit") : {};
  const expected = Array.from(
    { length: size },
    (_, i) => `${uniform(seed, "audit", i, total) + 1n}`,
  );
  const told = [given(audit, "sample", 0), given(audit, "tickets", [])];
  must(equal(told, [size, expected]), "audit");
  if (size) report.good("audit_good", { count: size });
}

/** Every place declared vacant was held, has a listed reason and two different approvers. */
function checkVacancies(certificate, commitment, report) {
  const key = (slot) => JSON.stringify(slot);
  const standing = new Set(slotsOf(commitment.prizes).map(key));
  for (const slot of certificate.unfilled) standing.delete(key(slot));
  const counts = Object.fromEntries(REASONS.map((reason) => [reason, 0]));
  const vacancies = list(certificate, "vacancies");
  for (const vacancy of vacancies) {
    const approvers = list(vacancy, "approvers");
    must(standing.delete(key(vacancy.slot)) && REASONS.includes(vacancy.reason), "vacancy");
    must(approvers.length === 2 && approvers[0] !== approvers[1], "vacancy");
    must(
      approvers.every((approver) => approver && typeof approver === "string"),
      "vacancy",
    );
    unhex(vacancy.evidence_sha256, 32);
    seconds(vacancy.ts);
    counts[vacancy.reason] += 1;
  }
  must(equal(given(certificate, "substitutions", counts), counts), "vacancy");
  if (!vacancies.length) return;
  const said = REASONS.filter((reason) => counts[reason]).map(
    (reason) => `${reason} ${counts[reason]}`,
  );
  report.good("vacancies_good", { count: vacancies.length, said: said.join(", ") });
}

/** One entrant's own proof: this is my entry, it is in the list, and these are its tickets. */
export function checkTicket(ticket, certificate, report, options) {
  must(ticket.v === "MVD1-TICKET-1", "version");
  const commitment = object(ticket, "commitment");
  must(commitment.v === "MVD1", "version");
  const identity = object(ticket, "identity");
  must(
    Object.values(identity).every((value) => typeof value === "string"),
    "shape",
  );
  const body = bytes(canonical(identity));
  const drawId = uuid(commitment.draw_id);
  const record = unhex(ticket.record, 57);
  const tag = sha("MVD1/tag\0", drawId, unhex(ticket.salt, 32), bigEndian(body.length, 4), body);
  must(hex(record.subarray(0, 32)) === hex(tag), "tag");
  report.good("tag_good", { who: Object.values(identity).join(", ") });
  const weight = checkRecord(record);
  const entries = object(commitment, "entries");
  const first = firstTicket(record, ticket.leaf, ticket.path, entries) + 1n;
  const words = { first, last: first + weight - 1n, weight, total: entries.W };
  report.good(weight ? "tickets_good" : "tickets_none", weight ? words : {});
  report.good(`class_${record[56]}`);
  const code = humanCode(commitHash(commitment));
  if (!certificate) {
    report.open("open_code", { code });
    report.open("open_result");
    return;
  }
  checkCertificate(certificate, new Report(), { ...options, code: null });
  must(certificate.commit_hash === hex(commitHash(commitment)), "other_draw");
  checkCommitment(certificate, commitment, report, options);
  const mine = certificate.draws.filter((step) => step.leaf === ticket.leaf);
  if (!mine.length) report.good("result_none", { steps: certificate.draws.length });
  for (const step of mine) {
    report.good("result_drawn", { place: step.i + 1, status: step.status.join(" ") });
  }
}
