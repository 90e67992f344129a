#!/usr/bin/env python3
"""Check a MasterApp draw (protocol MVD1) with nothing but Python 3.9 or later.

    python verify_draw.py CERTIFICATE.json                      the draw, from its certificate
    python verify_draw.py full CERTIFICATE.json ENTRIES.bin     … and the whole list of entries
    python verify_draw.py ticket TICKET.json [CERTIFICATE.json] your own entry, and your result
    python verify_draw.py beacon ROUND SIGNATURE                one round of the public beacon

Options: --lang fr|en (both by default) · --code XXXX-XXXX-XXXX-XXXX-XXXX (the code you were given)
--earlier CERTIFICATE.json (an earlier draw whose winners are passed over; repeat as needed)
--key HEX with --chain HEX (another beacon network than drand quicknet, at your own risk).

The program reads files and prints a report; it never uses the network. It ends with 0 when all it
checked is right, 1 when something is wrong, 2 when it was called the wrong way. It shares no code
with the software that makes the draws: it was written from the published specification
(docs/fairness.md), so that the two can disagree.
"""

import hashlib
import hmac
import json
import re
import sys
import unicodedata
from array import array
from bisect import bisect_right
from calendar import timegm
from time import strptime

CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
KEY = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
    "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
    "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
GENESIS, PERIOD = 1692803367, 3
LIMIT = 2**63  # numbers of tickets stay below this


class Wrong(Exception):
    """Something that is not as the specification says; carries the code of a sentence below."""

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code, self.facts = code, facts


def must(condition, code, **facts):
    if not condition:
        raise Wrong(code, **facts)


# ------------------------------------------------------------------ reading and writing exactly


def parse(text):
    """Strict JSON: integers only, no key twice, nothing that has more than one way of writing."""

    def no_repeats(pairs):
        must(len(dict(pairs)) == len(pairs), "json")
        return dict(pairs)

    def refuse(_number):
        raise Wrong("json")

    try:
        value = json.loads(
            text, object_pairs_hook=no_repeats, parse_float=refuse, parse_constant=refuse
        )
    except (ValueError, RecursionError):
        raise Wrong("json") from None
    check_plain(value)
    return value


def check_plain(value):
    if isinstance(value, dict):
        for key, item in value.items():
            must(key.isascii(), "json")
            check_plain(item)
    elif isinstance(value, list):
        for item in value:
            check_plain(item)
    elif isinstance(value, str):
        must(unicodedata.is_normalized("NFC", value), "json")
        must(not any("\ud800" <= c <= "\udfff" for c in value), "json")
    elif isinstance(value, int):
        must(abs(value) < 2**53, "json")


def canonical(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u64(number):
    return number.to_bytes(8, "big")


def unhex(text, size):
    must(isinstance(text, str) and re.fullmatch("[0-9a-f]{%d}" % (2 * size), text), "shape")
    return bytes.fromhex(text)


def decimal(text):
    """A number of tickets, written as text because it may not fit the integers of JSON."""
    must(isinstance(text, str) and re.fullmatch("0|[1-9][0-9]{0,18}", text), "shape")
    must(int(text) < LIMIT, "shape")
    return int(text)


def whole(value, least=0):
    must(type(value) is int and value >= least, "shape")
    return value


def field(document, key, kind):
    value = document.get(key) if isinstance(document, dict) else None
    must(type(value) is kind, "shape")
    return value


def listed(document, key):
    return field(document, key, list) if key in document else []


def seconds(text):
    must(isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text), "shape")
    try:
        return timegm(strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        raise Wrong("shape") from None


# ------------------------------------------------------------------ the protocol, piece by piece


def commit_hash(commitment):
    return sha(b"MVD1/commit\0", canonical(commitment))


def human_code(fingerprint):
    bits = int.from_bytes(fingerprint, "big") >> 156
    letters = ["0123456789ABCDEFGHJKMNPQRSTVWXYZ"[bits >> s & 31] for s in range(95, -1, -5)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 20, 4))


def uniform(seed, label, place, bound):
    """The integer below `bound` at a place of a stream; blocks beyond the last multiple are lost."""
    limit = 2**256 - 2**256 % bound
    attempt = 0
    while True:
        message = b"MVD1/rng\0" + label + b"\0" + u64(place) + attempt.to_bytes(4, "big")
        block = int.from_bytes(hmac.new(seed, message, hashlib.sha256).digest(), "big")
        if block < limit:
            return block % bound
        attempt += 1


def leaf(record):
    return int.from_bytes(record[48:56], "big"), sha(b"\0", record)


def join(left, right):
    total = left[0] + right[0]
    must(total < LIMIT, "sum")
    return total, sha(b"\1", u64(left[0]), left[1], u64(right[0]), right[1])


def root_of(count, total, top):
    return sha(b"MVD1/root\0", u64(count), u64(total), top)


def check_record(record):
    """The weight of a record, whose class must allow it."""
    weight, kind = int.from_bytes(record[48:56], "big"), record[56]
    must(kind <= 4 and weight < LIMIT and not (weight and kind in (1, 2, 3)), "record")
    return weight


def first_ticket(record, index, path, entries):
    """Climb from a record to the published root; return the first of its tickets."""
    count, total = whole(entries.get("n")), decimal(entries.get("W"))
    must(type(index) is int and 0 <= index < count and isinstance(path, list), "path", leaf=index)
    steps = []
    for step in path:
        must(isinstance(step, list) and len(step) == 2, "path", leaf=index)
        steps.append((decimal(step[0]), unhex(step[1], 32)))
    here, start, size, at = leaf(record), 0, count, index
    while size > 1:
        if at ^ 1 < size:
            must(steps, "path", leaf=index)
            other = steps.pop(0)
            if at % 2:
                start += other[0]
                here = join(other, here)
            else:
                here = join(here, other)
        at, size = at // 2, (size + 1) // 2
    must(not steps and here[0] == total, "path", leaf=index)
    must(root_of(count, total, here[1]).hex() == entries.get("root"), "path", leaf=index)
    return start


def slots_of(prizes):
    must(prizes, "shape")
    ids = [field(prize, "id", str) for prize in prizes]
    must(len(set(ids)) == len(ids), "shape")
    return [
        [prize["id"], kind, rank]
        for kind, key in (("winner", "qty"), ("alternate", "alternates"))
        for prize in prizes
        for rank in range(1, whole(prize.get(key, 0), int(key == "qty")) + 1)
    ]


def source_bytes(source):
    """What one revealed source of chance adds to the seed."""
    kind = source.get("type")
    if kind == "drand":
        return u64(whole(source.get("round"), 1)) + sha(unhex(source.get("signature"), 48))
    if kind == "dice":
        spec = re.fullmatch("([1-9][0-9]{1,3})d(10|6)", field(source, "spec", str))
        must(spec, "entropy")
        count, faces = int(spec[1]), {"10": "[0-9]", "6": "[1-6]"}[spec[2]]
        must(count >= {"10": 40, "6": 50}[spec[2]], "entropy")
        must(re.fullmatch(faces + "{%d}" % count, field(source, "rolls", str)), "entropy")
        return source["rolls"].encode()
    if kind == "lottery":
        words = [field(source, key, str) for key in ("game", "date", "numbers")]
        must(all(word.isascii() for word in words), "entropy")
        return " ".join(words).encode()
    if kind == "nist":
        head = u64(whole(source.get("chain"))) + u64(whole(source.get("pulse")))
        return head + unhex(source.get("output"), 64)
    if kind == "secret":
        secret = unhex(source.get("secret"), 32)
        must(sha(b"MVD1/secret\0", secret).hex() == source.get("hash"), "entropy")
        return secret
    must(kind == "local", "entropy")
    return unhex(source.get("value"), 32)


def level_of(sources):
    """How far the result can be trusted, from the kinds of its sources."""
    kinds = [source.get("type") for source in sources]
    must(kinds and "drand" not in kinds[:-1], "entropy")
    if "local" in kinds:
        return "D"
    if "secret" in kinds:
        return "C"
    if kinds[-1] == "drand":
        return "A" if len(kinds) == 1 else "A+"
    must("dice" in kinds, "entropy")
    return "B"


# ------------------------------------------------------------------ the checks


class Report:
    """Sentences in two languages: what was right, what was wrong, what was not looked at."""

    def __init__(self):
        self.lines = []

    def good(self, code, **facts):
        self.lines.append(("OK", code, facts))

    def bad(self, code, **facts):
        self.lines.append(("!!", code, facts))

    def open(self, code, **facts):
        self.lines.append(("--", code, facts))

    def text(self, language):
        marks = [mark for mark, _, _ in self.lines]
        column = ("fr", "en").index(language)
        verdict = TEXTS["verdict_bad" if "!!" in marks else "verdict_good"][column]
        out = ["", TEXTS["title"][column], ""]
        for mark, heading in (("OK", "checked"), ("!!", "wrong"), ("--", "unchecked")):
            if mark in marks:
                out.append(TEXTS[heading][column])
            for kind, code, facts in self.lines:
                if kind == mark:
                    out.append("  [%s] %s" % (mark, TEXTS[code][column].format(**facts)))
        return "\n".join([*out, "", verdict, ""])


def check_certificate(certificate, report, options):
    """Light verification: everything the certificate alone can prove."""
    must(certificate.get("v") == "MVD1-CERTIFICATE-1", "version")
    commitment = field(certificate, "commitment", dict)
    must(commitment.get("v") == "MVD1", "version")
    entries = field(commitment, "entries", dict)
    fingerprint = check_commitment(certificate, commitment, report, options)
    seed = check_entropy(certificate, commitment, fingerprint, report, options)
    prior = check_prior(certificate, commitment, report, options)
    check_draws(certificate, commitment, seed, prior, report)
    sample = whole(field(commitment, "audit", dict).get("sample")) if "audit" in commitment else 0
    check_audit(certificate, seed, decimal(entries.get("W")), sample, report)
    check_vacancies(certificate, commitment, report)
    for code in ("open_time", "open_phantoms", "open_people"):
        report.open(code)


def check_commitment(certificate, commitment, report, options):
    fingerprint = commit_hash(commitment)
    must(certificate.get("commit_hash") == fingerprint.hex(), "commit")
    code = human_code(fingerprint)
    must(certificate.get("code") == code, "commit")
    given = options.get("code")
    if given is None:
        report.open("open_code", code=code)
    else:
        plain = str.maketrans("ilo", "110", "- ")
        must(given.lower().translate(plain).upper() == code.replace("-", ""), "code", code=code)
        report.good("code_good", code=code)
    report.good("commit_good", code=code)
    return fingerprint


def check_entropy(certificate, commitment, fingerprint, report, options):
    revealed = field(certificate, "entropy", list)
    announced = field(commitment, "entropy", list)
    must(revealed and all(type(s) is dict for s in revealed + announced), "entropy")
    if not same_sources(announced, revealed):
        fallback = field(commitment, "fallback", dict) if "fallback" in commitment else {}
        announced = listed(fallback, "entropy")
        must(all(type(s) is dict for s in announced), "entropy")
        must(same_sources(announced, revealed), "entropy")
        report.open("open_fallback")
    level = level_of(revealed)
    must(certificate.get("level") == level, "level")
    for source in revealed:
        if source.get("type") == "drand":
            check_round(source, commitment, report, options)
    body = b"MVD1/seed\0" + fingerprint + bytes([len(revealed)])
    for source in revealed:
        part = source_bytes(source)
        body += len(part).to_bytes(2, "big") + part
    must(certificate.get("seed") == sha(body).hex(), "seed")
    report.good("seed_good", level=level)
    report.good("level_" + level.replace("+", "p"))
    return sha(body)


def same_sources(announced, revealed):
    return len(announced) == len(revealed) and all(
        fact.get(key) == value
        for promise, fact in zip(announced, revealed)
        for key, value in promise.items()
    )


def check_round(source, commitment, report, options):
    number, signature = whole(source.get("round"), 1), unhex(source.get("signature"), 48)
    chain, key = options.get("chain", CHAIN), options.get("key", KEY)
    must(source.get("chain") == chain, "chain")
    must(source.get("randomness", sha(signature).hex()) == sha(signature).hex(), "entropy")
    must(beacon_is_right(number, signature, bytes.fromhex(key)), "beacon", round=number)
    report.good("beacon_good", round=number)
    if chain != CHAIN:
        report.open("open_chain")
    elif "draw_at" in commitment:
        at = seconds(commitment["draw_at"])
        must(number == max(1, -((GENESIS - at) // PERIOD) + 1), "round", round=number)
        report.good("round_good", round=number, at=commitment["draw_at"])
    else:
        report.open("open_draw_at", round=number)
    if "draw_at" in commitment and "closed_at" in commitment:
        must(seconds(commitment["closed_at"]) < seconds(commitment["draw_at"]), "closed")


def check_prior(certificate, commitment, report, options):
    """The groups that have already won, checked against earlier certificates when given."""
    named = listed(commitment, "exclude_winners_of")
    groups = listed(certificate, "prior_groups")
    must(all(unhex(group, 16) for group in groups), "shape")
    must(named or not groups, "prior")
    earlier = options.get("earlier", [])
    if named and not earlier:
        report.open("open_prior", count=len(groups))
    elif named:
        found, seen = set(), set()
        for other in earlier:
            check_certificate(other, Report(), {**options, "earlier": [], "code": None})
            seen.add(other["commitment"].get("draw_id"))
            found |= {
                step["record"][64:96] for step in other["draws"] if step["status"][1] == "winner"
            }
        must(seen == set(named) and found == set(groups), "prior")
        report.good("prior_good", count=len(groups))
    return set(groups)


def check_draws(certificate, commitment, seed, prior, report):
    """Replay the drawing: every number, every ticket, every leaf, every place."""
    entries = commitment["entries"]
    wanted = slots_of(field(commitment, "prizes", list))
    most = whole(commitment.get("max_per_group", 1), 1)
    live, removed, taken, filled = decimal(entries.get("W")), [], {}, 0
    steps = field(certificate, "draws", list)
    for place, step in enumerate(steps):
        must(type(step) is dict and step.get("i") == place, "order", place=place + 1)
        must(filled < len(wanted) and live > 0, "extra", place=place + 1)
        number = uniform(seed, b"order", place, live)
        must(decimal(step.get("u")) == number, "number", place=place + 1)
        must(decimal(step.get("live")) == live, "number", place=place + 1)
        ticket = number
        for start, weight in sorted(removed):
            if start > ticket:
                break
            ticket += weight
        must(decimal(step.get("ticket")) == ticket + 1, "ticket", place=place + 1)
        record = unhex(step.get("record"), 57)
        weight = check_record(record)
        start = first_ticket(record, step.get("leaf"), step.get("path"), entries)
        must(start <= ticket < start + weight, "holder", place=place + 1)
        removed.append((start, weight))
        live -= weight
        group = record[32:48].hex()
        if group in prior:
            status = ["skip", "prior_winner"]
        elif taken.get(group, 0) >= most:
            status = ["skip", "same_group"]
        else:
            status = wanted[filled]
            filled += 1
            taken[group] = taken.get(group, 0) + 1
        must(step.get("status") == status, "status", place=place + 1)
    must(filled == len(wanted) or live == 0, "missing", place=len(steps) + 1)
    must(certificate.get("unfilled") == wanted[filled:], "unfilled")
    report.good("draws_good", steps=len(steps), count=entries["n"], total=entries["W"])
    for step in steps:
        words = {"number": step["ticket"], "place": step["i"] + 1, "tag": step["record"][:12]}
        if step["status"][0] == "skip":
            report.good("step_" + step["status"][1], **words)
        else:
            prize, kind, rank = step["status"]
            report.good("step_" + kind, prize=prize, rank=rank, **words)
    if wanted[filled:]:
        report.good("exhausted", count=len(wanted) - filled)


def check_audit(certificate, seed, total, sample, report):
    size = sample if total else 0
    audit = field(certificate, "audit", dict) if "audit" in certificate else {}
    expected = [str(uniform(seed, b"audit", i, total) + 1) for i in range(size)]
    must(audit.get("sample", 0) == size and audit.get("tickets", []) == expected, "audit")
    if size:
        report.good("audit_good", count=size)


REASONS = (
    "NO_REPLY DECLINED INELIGIBLE_AGE INELIGIBLE_COUNTRY STAFF_OR_HOUSEHOLD COMPETITOR "
    "DUPLICATE_ACCOUNT IDENTITY_MISMATCH RULES_FRAUD"
).split()


def check_vacancies(certificate, commitment, report):
    """Every place declared vacant was held, has a listed reason and two different approvers."""
    unfilled = certificate["unfilled"]
    standing = [slot for slot in slots_of(commitment["prizes"]) if slot not in unfilled]
    counts = dict.fromkeys(REASONS, 0)
    vacancies = listed(certificate, "vacancies")
    for vacancy in vacancies:
        approvers, reason = listed(vacancy, "approvers"), field(vacancy, "reason", str)
        must(vacancy.get("slot") in standing and reason in counts, "vacancy")
        must(len(approvers) == 2 and all(type(a) is str and a for a in approvers), "vacancy")
        must(approvers[0] != approvers[1], "vacancy")
        unhex(vacancy.get("evidence_sha256"), 32)
        seconds(vacancy.get("ts"))
        standing.remove(vacancy["slot"])
        counts[reason] += 1
    must(certificate.get("substitutions", counts) == counts, "vacancy")
    if vacancies:
        said = ", ".join("%s %d" % (reason, n) for reason, n in counts.items() if n)
        report.good("vacancies_good", count=len(vacancies), said=said)


def check_entries(certificate, file, report):
    """Full verification: read the whole list, rebuild its root, and find every drawn leaf in it."""
    commitment = certificate["commitment"]
    entries = commitment["entries"]
    head = file.read(37)
    must(len(head) == 37 and head.startswith(b"MVD1-ENTRIES\n"), "not_entries")
    must(head[13:29].hex() == str(commitment.get("draw_id")).replace("-", ""), "other_list")
    count = int.from_bytes(head[29:], "big")
    must(count == entries.get("n"), "other_list")
    digest, last, classes, stack = hashlib.sha256(head), b"", [0] * 5, []
    drawn = {step["leaf"]: step["record"] for step in certificate["draws"]}
    starts = array("Q", [0])
    for index in range(count):
        record = file.read(57)
        must(len(record) == 57, "truncated", found=index, count=count)
        must(record[:32] > last, "unsorted", place=index)
        starts.append(starts[-1] + check_record(record))
        must(starts[-1] < LIMIT, "sum")
        must(drawn.get(index, record.hex()) == record.hex(), "other_record", leaf=index)
        last = record[:32]
        classes[record[56]] += 1
        digest.update(record)
        add_to(stack, leaf(record))
    must(not file.read(1), "trailing")
    top = stack.pop()[1] if stack else (0, sha())
    while stack:
        top = join(stack.pop()[1], top)
    must(str(top[0]) == entries.get("W"), "other_list")
    must(root_of(count, top[0], top[1]).hex() == entries.get("root"), "other_list")
    must(entries.get("file_sha256", digest.hexdigest()) == digest.hexdigest(), "other_list")
    counts = {str(kind): number for kind, number in enumerate(classes)}
    must(entries.get("classes", counts) == counts, "classes")
    for step in certificate["draws"]:
        must(bisect_right(starts, int(step["ticket"]) - 1) - 1 == step["leaf"], "other_list")
    report.good("entries_good", count=count, total=top[0])
    report.good("classes_good", **{"c%d" % kind: n for kind, n in enumerate(classes)})


def add_to(stack, node):
    """Add a leaf to a growing tree of which only the complete left subtrees are held."""
    height = 0
    while stack and stack[-1][0] == height:
        node = join(stack.pop()[1], node)
        height += 1
    stack.append((height, node))


def check_ticket(ticket, certificate, report, options):
    """One entrant's own proof: this is my entry, it is in the list, and these are its tickets."""
    must(ticket.get("v") == "MVD1-TICKET-1", "version")
    commitment = field(ticket, "commitment", dict)
    must(commitment.get("v") == "MVD1", "version")
    body = canonical(field(ticket, "identity", dict))
    draw_id = unhex(str(commitment.get("draw_id")).replace("-", ""), 16)
    salt, record = unhex(ticket.get("salt"), 32), unhex(ticket.get("record"), 57)
    tag = sha(b"MVD1/tag\0", draw_id, salt, len(body).to_bytes(4, "big"), body)
    must(record[:32] == tag, "tag")
    report.good("tag_good", who=", ".join(map(str, ticket["identity"].values())))
    weight = check_record(record)
    entries = field(commitment, "entries", dict)
    start = first_ticket(record, ticket.get("leaf"), ticket.get("path"), entries)
    if weight:
        words = {"first": start + 1, "last": start + weight, "weight": weight}
        report.good("tickets_good", total=entries["W"], **words)
    else:
        report.good("tickets_none")
    report.good("class_%d" % record[56])
    code = human_code(commit_hash(commitment))
    if certificate is None:
        report.open("open_code", code=code)
        report.open("open_result")
        return
    check_certificate(certificate, Report(), {**options, "code": None})
    must(certificate["commit_hash"] == commit_hash(commitment).hex(), "other_draw")
    check_commitment(certificate, commitment, report, options)
    mine = [s for s in certificate["draws"] if s["leaf"] == ticket["leaf"]]
    report.good("result_none", steps=len(certificate["draws"]))if not mine else None
    for step in mine:
        report.good("result_drawn", place=step["i"] + 1, status=" ".join(map(str, step["status"])))


