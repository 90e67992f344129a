#!/usr/bin/env python3
"""Check a MasterApp draw (protocol MVD1) with nothing but Python 3.10 or later.

    python verify_draw.py CERTIFICATE.json                      the draw, from its certificate
    python verify_draw.py full CERTIFICATE.json ENTRIES.bin     … and the whole list of entries
    python verify_draw.py ticket TICKET.json [CERTIFICATE.json] your own entry, and your result
    python verify_draw.py receipt RECEIPT.json                  a signed receipt of your entry
    python verify_draw.py receipt RECEIPT.json TICKET.json      … against your entry as it was sealed
    python verify_draw.py receipt RECEIPT.json CERTIFICATE.json [ENTRIES.bin]     … against the list
    python verify_draw.py beacon ROUND SIGNATURE                one round of the public beacon

Options: --lang fr|en (both by default) · --code XXXX-XXXX-XXXX-XXXX-XXXX (the code you were given)
--earlier CERTIFICATE.json (an earlier draw whose winners are passed over; repeat as needed)
--key HEX with --chain HEX (the key of another beacon network than drand quicknet: its signatures
are then checked too; draws that rest on it stay at level D).

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
from bisect import bisect_right, insort
from calendar import timegm
from pathlib import Path
from time import strptime

CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
KEY = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
    "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
    "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
GENESIS, PERIOD = 1692803367, 3
LIMIT = 2**63  # numbers of tickets stay below this
MOST_PLACES = 2**20  # of a draw, and of an audit
DEEPEST = 32  # nesting of JSON


# What a badly shaped document makes Python say, wherever no check has foreseen it.
CLUMSY = (
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
    OverflowError,
)


class Wrong(Exception):
    """Something that is not as the specification says; carries the code of a sentence below."""

    def __init__(self, code, /, **facts):
        super().__init__(code)
        self.code, self.facts = code, facts


def must(condition, code, /, **facts):
    """Go on only if the condition holds."""
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


def check_plain(value, depth=0):
    """Refuse keys, texts and integers that have no single canonical form."""
    must(depth <= DEEPEST, "json")
    if isinstance(value, dict):
        must(all(key.isascii() for key in value), "json")
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            check_plain(item, depth + 1)
    elif isinstance(value, str):
        must(unicodedata.is_normalized("NFC", value), "json")
        must(not any("\ud800" <= c <= "\udfff" for c in value), "json")
    elif isinstance(value, int):
        must(abs(value) < 2**53, "json")


def canonical(value):
    """The one sequence of bytes of a JSON value (strict subset of RFC 8785)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def same(value, other):
    """Whether two JSON values are equal as JSON is: Python alone takes True for 1."""
    return canonical(value) == canonical(other)


def sha(*parts):
    """SHA-256 of the parts put together."""
    return hashlib.sha256(b"".join(parts)).digest()


def u64(number):
    """Eight bytes, most significant first."""
    return number.to_bytes(8, "big")


def unhex(text, size):
    """Exactly `size` bytes, written in lowercase hexadecimal."""
    must(isinstance(text, str) and re.fullmatch(f"[0-9a-f]{{{2 * size}}}", text), "shape")
    return bytes.fromhex(text)


def decimal(text):
    """A number of tickets, written as text because it may not fit the integers of JSON."""
    must(isinstance(text, str) and re.fullmatch("0|[1-9][0-9]{0,18}", text), "shape")
    must(int(text) < LIMIT, "shape")
    return int(text)


def whole(value, least=0):
    """A whole number that JSON can hold."""
    must(type(value) is int and value >= least, "shape")
    return value


def uuid(value):
    """The sixteen bytes of an identifier, written in its one form."""
    form = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    must(isinstance(value, str) and re.fullmatch(form, value), "shape")
    return bytes.fromhex(value.replace("-", ""))


def field(document, key, kind):
    """A field that must be there and be of this kind."""
    value = document.get(key) if isinstance(document, dict) else None
    must(type(value) is kind, "shape")
    return value


def listed(document, key):
    """A list that may be absent."""
    return field(document, key, list) if key in document else []


def seconds(text):
    """Seconds since 1970 of a time such as 2026-12-01T12:00:00Z."""
    must(
        isinstance(text, str)
        and re.fullmatch("[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-5][0-9]){2}Z", text),
        "shape",
    )
    try:
        return timegm(strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        raise Wrong("shape") from None


# ------------------------------------------------------------------ the protocol, piece by piece


def commit_hash(commitment):
    """The fingerprint of a commitment."""
    return sha(b"MVD1/commit\0", canonical(commitment))


def human_code(fingerprint):
    """The first 100 bits of a fingerprint, in letters people can compare."""
    bits = int.from_bytes(fingerprint, "big") >> 156
    letters = ["0123456789ABCDEFGHJKMNPQRSTVWXYZ"[bits >> s & 31] for s in range(95, -1, -5)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 20, 4))


def uniform(seed, label, place, bound):
    """The integer below `bound` at a place of a stream; blocks past the last multiple are lost."""
    limit = 2**256 - 2**256 % bound
    attempt = 0
    while True:
        message = b"MVD1/rng\0" + label + b"\0" + u64(place) + attempt.to_bytes(4, "big")
        block = int.from_bytes(hmac.new(seed, message, hashlib.sha256).digest(), "big")
        if block < limit:
            return block % bound
        attempt += 1


def leaf(record):
    """The weight and the hash of one record."""
    return int.from_bytes(record[48:56], "big"), sha(b"\0", record)


def join(left, right):
    """The node above two nodes: it binds both weights and both hashes."""
    total = left[0] + right[0]
    must(total < LIMIT, "sum")
    return total, sha(b"\1", u64(left[0]), left[1], u64(right[0]), right[1])


def root_of(count, total, top):
    """The published root: number of entries, of tickets, and the top hash."""
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
    """All places in the order they are drawn: winners, then alternates."""
    ids = [field(prize, "id", str) for prize in prizes]
    must(ids and all(ids) and len(set(ids)) == len(ids), "shape")
    sizes = [whole(p.get("qty"), 1) + whole(p.get("alternates", 0)) for p in prizes]
    must(sum(sizes) <= MOST_PLACES, "shape")
    return [
        [prize["id"], kind, rank]
        for kind, key in (("winner", "qty"), ("alternate", "alternates"))
        for prize in prizes
        for rank in range(1, prize.get(key, 0) + 1)
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
        must(re.fullmatch(f"{faces}{{{count}}}", field(source, "rolls", str)), "entropy")
        return source["rolls"].encode()
    if kind == "lottery":
        text = " ".join(field(source, key, str) for key in ("game", "date", "numbers"))
        word, pair = "[A-Z0-9]+(-[A-Z0-9]+)*", "[0-9]{2}(-[0-9]{2})*"
        form = f"{word} [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} {pair}( {pair})*"
        must(re.fullmatch(form, text), "entropy")
        return text.encode()
    if kind == "nist":
        head = u64(whole(source.get("chain"))) + u64(whole(source.get("pulse")))
        return head + unhex(source.get("output"), 64)
    if kind == "secret":
        secret = unhex(source.get("secret"), 32)
        must(sha(b"MVD1/secret\0", secret).hex() == source.get("hash"), "entropy")
        return secret
    must(kind == "local", "entropy")
    return unhex(source.get("value"), 32)


PROMISED = {
    "drand": ("chain", "round"),
    "dice": ("spec",),
    "lottery": ("game", "date"),
    "nist": ("chain", "pulse"),
    "secret": ("hash",),
    "local": (),
}


def kept(announced, revealed):
    """Whether the revealed sources are the announced ones, and these left nothing to choose."""
    return len(announced) == len(revealed) and all(
        promise.get("type") in PROMISED
        and all(key in promise for key in PROMISED[promise["type"]])
        and all(key in fact and same(fact[key], value) for key, value in promise.items())
        for promise, fact in zip(announced, revealed, strict=True)
    )


def is_foreign(source):
    """Whether a source is a beacon that is not the public one: it proves nothing to strangers."""
    return source.get("type") == "drand" and source.get("chain") != CHAIN


def level_of(sources):
    """How far the result can be trusted, from the kinds of its sources."""
    kinds = [source.get("type") for source in sources]
    must(kinds and "drand" not in kinds[:-1], "entropy")
    if "local" in kinds or is_foreign(sources[-1]):
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

    def good(self, code, /, **facts):
        self.lines.append(("OK", code, facts))

    def bad(self, code, /, **facts):
        self.lines.append(("!!", code, facts))

    def open(self, code, /, **facts):
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
                    out.append(f"  [{mark}] {printable(TEXTS[code][column].format(**facts))}")
        return "\n".join([*out, "", verdict, ""])


def printable(text):
    """A sentence without the control characters that a forged file may hold."""
    return "".join(c if c.isprintable() else "?" for c in text)


def check_certificate(certificate, report, options):
    """Light verification: everything the certificate alone can prove."""
    must(certificate.get("v") == "MVD1-CERTIFICATE-1", "version")
    commitment = field(certificate, "commitment", dict)
    must(commitment.get("v") == "MVD1", "version")
    uuid(commitment.get("draw_id"))
    entries = field(commitment, "entries", dict)
    must(whole(entries.get("n")) < LIMIT and unhex(entries.get("root"), 32), "shape")
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
    """The fingerprint is that of the commitment, and the code that of the fingerprint."""
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
    """The sources of chance are the announced ones and give the seed."""
    revealed = field(certificate, "entropy", list)
    announced = field(commitment, "entropy", list)
    must(revealed and all(type(s) is dict for s in revealed + announced), "entropy")
    if not kept(announced, revealed):
        fallback = field(commitment, "fallback", dict) if "fallback" in commitment else {}
        announced = listed(fallback, "entropy")
        must(all(type(s) is dict for s in announced), "entropy")
        must(kept(announced, revealed), "entropy")
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
    foreign = is_foreign(revealed[-1])
    report.good("level_foreign" if foreign else "level_" + level.replace("+", "p"))
    if level == "A+":
        report.open("open_sources")
    return sha(body)


def check_round(source, commitment, report, options):
    """The beacon's signature is genuine, and its round is the one the rules impose."""
    number, signature = whole(source.get("round"), 1), unhex(source.get("signature"), 48)
    foreign, key = unhex(source.get("chain"), 32).hex() != CHAIN, KEY
    must(source.get("randomness", sha(signature).hex()) == sha(signature).hex(), "entropy")
    if foreign and "chain" in options:
        must(source["chain"] == options["chain"], "chain")
        key = options["key"]
    if foreign and "chain" not in options:
        report.open("open_foreign", round=number)
    else:
        must(beacon_is_right(number, signature, bytes.fromhex(key)), "beacon", round=number)
        report.good("foreign_good" if foreign else "beacon_good", round=number)
    if foreign:
        report.open("open_chain", round=number)
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
    must(all(unhex(group, 16) for group in groups) and all(map(uuid, named)), "shape")
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
        must(type(step) is dict and same(step.get("i"), place), "order", place=place + 1)
        must(filled < len(wanted) and live > 0, "extra", place=place + 1)
        number = uniform(seed, b"order", place, live)
        must(decimal(step.get("u")) == number, "number", place=place + 1)
        must(decimal(step.get("live")) == live, "number", place=place + 1)
        ticket = number
        for start, weight in removed:
            if start > ticket:
                break
            ticket += weight
        must(decimal(step.get("ticket")) == ticket + 1, "ticket", place=place + 1)
        record = unhex(step.get("record"), 57)
        weight = check_record(record)
        start = first_ticket(record, step.get("leaf"), step.get("path"), entries)
        must(start <= ticket < start + weight, "holder", place=place + 1)
        insort(removed, (start, weight))
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
        must(same(step.get("status"), status), "status", place=place + 1)
    must(filled == len(wanted) or live == 0, "missing", place=len(steps) + 1)
    must(same(certificate.get("unfilled"), wanted[filled:]), "unfilled")
    report.good("draws_good", steps=len(steps), count=entries["n"], total=entries["W"])
    for step in steps:
        words = {"number": step["ticket"], "place": step["i"] + 1, "tag": step["record"][:12]}
        if len(step["status"]) == 2:
            report.good("step_" + step["status"][1], **words)
        else:
            prize, kind, rank = step["status"]
            report.good("step_" + kind, prize=prize, rank=rank, **words)
    if wanted[filled:]:
        report.good("exhausted", count=len(wanted) - filled)


def check_audit(certificate, seed, total, sample, report):
    """The tickets to open before an auditor are the ones the seed designates."""
    must(sample <= MOST_PLACES, "shape")
    size = sample if total else 0
    audit = field(certificate, "audit", dict) if "audit" in certificate else {}
    expected = [str(uniform(seed, b"audit", i, total) + 1) for i in range(size)]
    must(same([audit.get("sample", 0), audit.get("tickets", [])], [size, expected]), "audit")
    if size:
        report.good("audit_good", count=size)


REASONS = [
    "NO_REPLY",
    "DECLINED",
    "INELIGIBLE_AGE",
    "INELIGIBLE_COUNTRY",
    "STAFF_OR_HOUSEHOLD",
    "COMPETITOR",
    "DUPLICATE_ACCOUNT",
    "IDENTITY_MISMATCH",
    "RULES_FRAUD",
]


def check_vacancies(certificate, commitment, report):
    """Every place declared vacant was held, has a listed reason and two different approvers."""
    standing = set(map(canonical, slots_of(commitment["prizes"])))
    standing -= set(map(canonical, certificate["unfilled"]))
    counts = dict.fromkeys(REASONS, 0)
    vacancies = listed(certificate, "vacancies")
    for vacancy in vacancies:
        approvers, reason = listed(vacancy, "approvers"), field(vacancy, "reason", str)
        slot = canonical(vacancy.get("slot"))
        must(slot in standing and reason in counts, "vacancy")
        must(len(approvers) == 2 and all(type(a) is str and a for a in approvers), "vacancy")
        must(approvers[0] != approvers[1], "vacancy")
        unhex(vacancy.get("evidence_sha256"), 32)
        seconds(vacancy.get("ts"))
        standing.remove(slot)
        counts[reason] += 1
    must(same(certificate.get("substitutions", counts), counts), "vacancy")
    if vacancies:
        said = ", ".join(f"{reason} {n}" for reason, n in counts.items() if n)
        report.good("vacancies_good", count=len(vacancies), said=said)


def check_entries(certificate, file, report):
    """Full verification: read the whole list, rebuild its root, and find every drawn leaf in it."""
    commitment = certificate["commitment"]
    entries = commitment["entries"]
    head = file.read(37)
    must(len(head) == 37 and head.startswith(b"MVD1-ENTRIES\n"), "not_entries")
    must(head[13:29] == uuid(commitment.get("draw_id")), "other_list")
    count = int.from_bytes(head[29:], "big")
    must(count == whole(entries.get("n")), "other_list")
    digest, last, classes, stack = hashlib.sha256(head), b"", [0] * 5, []
    drawn = {step["leaf"]: step["record"] for step in certificate["draws"]}
    starts = array("Q", [0])
    for index in range(count):
        record = file.read(57)
        must(len(record) == 57, "truncated", found=index, count=count)
        must(record[:32] > last, "unsorted", place=index)
        starts.append(starts[-1] + check_record(record))
        must(starts[-1] < LIMIT, "sum")
        must(index not in drawn or drawn[index] == record.hex(), "other_record", leaf=index)
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
    must(same(entries.get("classes", counts), counts), "classes")
    for step in certificate["draws"]:
        must(bisect_right(starts, int(step["ticket"]) - 1) - 1 == step["leaf"], "other_list")
    report.good("entries_good", count=count, total=top[0])
    report.good("classes_good", **{f"c{kind}": n for kind, n in enumerate(classes)})


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
    identity = field(ticket, "identity", dict)
    must(all(type(value) is str for value in identity.values()), "shape")
    body, draw_id = canonical(identity), uuid(commitment.get("draw_id"))
    salt, record = unhex(ticket.get("salt"), 32), unhex(ticket.get("record"), 57)
    tag = sha(b"MVD1/tag\0", draw_id, salt, len(body).to_bytes(4, "big"), body)
    must(record[:32] == tag, "tag")
    report.good("tag_good", who=", ".join(identity.values()))
    weight = check_record(record)
    entries = field(commitment, "entries", dict)
    start = first_ticket(record, ticket.get("leaf"), ticket.get("path"), entries)
    if weight:
        words = {"first": start + 1, "last": start + weight, "weight": weight}
        report.good("tickets_good", total=entries["W"], **words)
    else:
        report.good("tickets_none")
    report.good(f"class_{record[56]}")
    code = human_code(commit_hash(commitment))
    if certificate is None:
        report.open("open_code", code=code)
        report.open("open_result")
        return
    check_certificate(certificate, Report(), {**options, "code": None})
    must(certificate["commit_hash"] == commit_hash(commitment).hex(), "other_draw")
    check_commitment(certificate, commitment, report, options)
    mine = [s for s in certificate["draws"] if s["leaf"] == ticket["leaf"]]
    if not mine:
        report.good("result_none", steps=len(certificate["draws"]))
    for step in mine:
        report.good("result_drawn", place=step["i"] + 1, status=" ".join(map(str, step["status"])))


def check_receipt(receipt, report):
    """What was promised to one entrant, and whether the key that it names signed it."""
    must(receipt.get("v") == "MVD1-RECEIPT-1", "version")
    uuid(receipt.get("draw_id"))
    for name in ("tag", "salt", "log_head"):
        unhex(receipt.get(name), 32)
    seq, weight = whole(receipt.get("seq"), 1), decimal(receipt.get("weight"))
    kind, _moment = whole(receipt.get("class")), seconds(receipt.get("ts"))
    must(kind <= 4 and not (weight and kind in (1, 2, 3)), "record")
    key, signature = unhex(receipt.get("key"), 32), unhex(receipt.get("signature"), 64)
    signed = {name: value for name, value in receipt.items() if name != "signature"}
    must(ed25519_is_right(key, canonical(signed), signature), "receipt_forged")
    report.good("receipt_good", seq=seq, weight=weight, at=receipt["ts"])
    report.open("open_key", key=key.hex())


def compare_receipt(receipt, record, report):
    """What the receipt says against what the sealed list says."""
    weight, listed, seq = decimal(receipt["weight"]), check_record(record), receipt["seq"]
    facts = {"seq": seq, "weight": weight, "listed": listed}
    if listed > weight:
        report.good("receipt_more", **facts)
    elif listed == weight:
        report.good("receipt_same", **facts)
    elif record[56] in (1, 2, 3):
        report.open("open_receipt_class", **facts)
    else:
        raise Wrong("receipt_less", **facts)


def check_receipt_with(receipt, other, file, report, options):
    """A receipt beside a ticket, a certificate, or a certificate and the list."""
    check_receipt(receipt, report)
    if other is None:
        report.open("open_receipt")
        return
    draw_id = field(other, "commitment", dict).get("draw_id")
    tag = bytes.fromhex(receipt["tag"])
    if other.get("v") == "MVD1-TICKET-1":
        check_ticket(other, None, report, options)
        record = bytes.fromhex(other["record"])
        must(record[:32] == tag and draw_id == receipt["draw_id"], "receipt_other")
        must(other["salt"] == receipt["salt"], "receipt_other")
        compare_receipt(receipt, record, report)
        return
    check_certificate(other, report, options)
    must(draw_id == receipt["draw_id"], "receipt_other")
    if file is None:
        report.open("open_list")
        drawn = (bytes.fromhex(step["record"]) for step in other["draws"])
        record = next((one for one in drawn if one[:32] == tag), None)
        if record is None:
            report.open("open_receipt")
            return
    else:
        check_entries(other, file, report)
        record = find_record(file, other["commitment"]["entries"]["n"], tag)
        must(record, "receipt_missing", seq=receipt["seq"], tag=receipt["tag"][:12])
    report.good(f"class_{record[56]}")
    compare_receipt(receipt, record, report)


def find_record(file, count, tag):
    """The record of a tag in a list that is known to be sorted, or None."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        file.seek(37 + 57 * middle)
        record = file.read(57)
        if record[:32] == tag:
            return record
        if record[:32] < tag:
            low = middle + 1
        else:
            high = middle
    return None


# ------------------------------------------------------------------ Ed25519 in the open (RFC 8032)
#
# The curve -x^2 + y^2 = 1 + d x^2 y^2 over the field of 2^255 - 19 elements; points are
# (X, Y, Z, T) with x = X/Z, y = Y/Z and xy = T/Z, so that adding needs no division.

ED_P = 2**255 - 19
ED_ORDER = 2**252 + 27742317777372353535851937790883648493
ED_D = -121665 * pow(121666, -1, ED_P) % ED_P
ED_BASE = "5866666666666666666666666666666666666666666666666666666666666666"


def ed_add(a, b):
    """Sum of two points."""
    low, high = (a[1] - a[0]) * (b[1] - b[0]), (a[1] + a[0]) * (b[1] + b[0])
    twist, both = 2 * ED_D * a[3] * b[3], 2 * a[2] * b[2]
    e, f, g, h = high - low, both - twist, both + twist, high + low
    return e * f % ED_P, g * h % ED_P, f * g % ED_P, e * h % ED_P


def ed_point(data):
    """A point from its 32 bytes, written in their one form; else refuse."""
    number = int.from_bytes(data, "little")
    y, odd = number & (2**255 - 1), number >> 255
    must(y < ED_P, "point")
    square = (y * y - 1) * pow(ED_D * y * y + 1, -1, ED_P) % ED_P
    x = pow(square, (ED_P + 3) // 8, ED_P)
    if x * x % ED_P != square:
        x = x * pow(2, (ED_P - 1) // 4, ED_P) % ED_P
    must(x * x % ED_P == square and (x or not odd), "point")
    if x % 2 != odd:
        x = ED_P - x
    return x, y, 1, x * y % ED_P


def ed25519_is_right(key, message, signature):
    """Whether [s]B = R + [k]A, with every number and point in its one form."""
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= ED_ORDER:
        return False
    try:
        signer, r = ed_point(key), ed_point(signature[:32])
    except Wrong:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    k, nothing = int.from_bytes(digest, "little") % ED_ORDER, (0, 1, 1, 0)
    left = power(ed_point(bytes.fromhex(ED_BASE)), scalar, ed_add, nothing)
    right = ed_add(r, power(signer, k, ed_add, nothing))
    return all((left[i] * right[2] - right[i] * left[2]) % ED_P == 0 for i in (0, 1))


# ------------------------------------------------------------------ BLS12-381 in the open
#
# The field of p elements, its extension by i (pairs), and that one's extension by w with w^6 = 1+i
# (lists of six pairs). Points are pairs of pairs, affine, None at infinity; points of the first
# group are written with zero imaginary parts, so that one addition serves both groups. Nothing
# here is secret, so nothing has to run in constant time.

P = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf"
    "6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
    16,
)
ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
X = 0xD201000000010000  # the curve's parameter is -X
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
GENERATOR = (  # of the second group: draft-irtf-cfrg-pairing-friendly-curves, section 4.2.1
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)
ZERO, ONE = (0, 0), (1, 0)


def mul(a, b):
    """Product of two pairs."""
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


def sub(a, b):
    """Difference of two pairs."""
    return (a[0] - b[0]) % P, (a[1] - b[1]) % P


def inverse(a):
    """Inverse of a pair."""
    norm = pow(a[0] * a[0] + a[1] * a[1], -1, P)
    return a[0] * norm % P, -a[1] * norm % P


def power(a, exponent, times=mul, one=ONE):
    """A power by squaring, for any product."""
    result = one
    for bit in bin(exponent)[2:]:
        result = times(result, result)
        if bit == "1":
            result = times(result, a)
    return result


def root(a):
    """A square root of an element of the prime field, or None."""
    found = pow(a, (P + 1) // 4, P)
    return found if found * found % P == a % P else None


def root_of_pair(a):
    """A square root in the quadratic extension, by way of the norm, or None."""
    norm = root(a[0] * a[0] + a[1] * a[1])
    if norm is None:
        return None
    half = (P + 1) // 2
    real = root((a[0] + norm) * half)
    if real is None:
        real = root((a[0] - norm) * half)
    if real:
        return real, a[1] * half * pow(real, -1, P) % P
    return None if a[1] else (0, root(-a[0])) if a[0] else ZERO


def slope(a, b):
    """The slope of the line through two points, or of the tangent; None if it is vertical."""
    if a == b and a[1] != ZERO:
        return mul(mul((3, 0), mul(a[0], a[0])), inverse(mul((2, 0), a[1])))
    return None if a[0] == b[0] else mul(sub(b[1], a[1]), inverse(sub(b[0], a[0])))


def add(a, b):
    """Sum of two points."""
    if a is None or b is None:
        return a or b
    m = slope(a, b)
    if m is None:
        return None
    x = sub(sub(mul(m, m), a[0]), b[0])
    return x, sub(mul(m, sub(a[0], x)), a[1])


def multiply(point, number):
    """A multiple of a point."""
    return power(point, number, add, None)


def decompress(data, size):
    """A point of the right subgroup from its 48 (first group) or 96 bytes (second); else refuse."""
    must(data[0] & 0x80 and not data[0] & 0x40, "point")
    numbers = [int.from_bytes(data[i : i + 48], "big") for i in range(0, size * 48, 48)]
    numbers[0] &= (1 << 381) - 1
    must(max(numbers) < P, "point")
    x = (numbers[0], 0) if size == 1 else (numbers[1], numbers[0])
    b = (4, 0) if size == 1 else (4, 4)
    cube = mul(x, mul(x, x))
    square = (cube[0] + b[0]) % P, (cube[1] + b[1]) % P
    if size == 1:
        y = root(square[0])
        y = None if y is None else (y, 0)
    else:
        y = root_of_pair(square)
    must(y is not None, "point")
    larger = (y[1] or y[0]) > (P - 1) // 2
    if larger != bool(data[0] & 0x20):
        y = sub(ZERO, y)
    must(multiply((x, y), ORDER) is None, "point")
    return x, y


def hash_to_curve(message, dst):
    """RFC 9380, suite BLS12381G1_XMD:SHA-256_SSWU_RO_."""
    tail = dst + bytes([len(dst)])
    first = sha(bytes(64), message, (128).to_bytes(2, "big"), b"\0", tail)
    blocks = [sha(first, b"\1", tail)]
    for i in (2, 3, 4):
        mixed = bytes(x ^ y for x, y in zip(first, blocks[-1], strict=True))
        blocks.append(sha(mixed, bytes([i]), tail))
    spread = b"".join(blocks)
    points = [map_to_curve(int.from_bytes(spread[i : i + 64], "big") % P) for i in (0, 64)]
    return multiply(add(*points), X + 1)


def map_to_curve(u):
    """The simplified SWU map to an isogenous curve, then the isogeny of degree 11."""
    z = 11
    step = (z * z * pow(u, 4, P) + z * u * u) % P
    x = (
        -ISO_B * pow(ISO_A, -1, P) * (1 + pow(step, -1, P))
        if step
        else ISO_B * pow(z * ISO_A, -1, P)
    )
    y = root(x**3 + ISO_A * x + ISO_B)
    if y is None:
        x = z * u * u * x
        y = root(x**3 + ISO_A * x + ISO_B)
    if y % 2 != u % 2:
        y = -y
    values = []
    for coefficients in ISOGENY:
        value = 0
        for coefficient in reversed(coefficients):
            value = (value * x + coefficient) % P
        values.append(value)
    top_x, low_x, top_y, low_y = values
    return (top_x * pow(low_x, -1, P) % P, 0), (y * top_y * pow(low_y, -1, P) % P, 0)


def times12(f, g):
    """Product of two lists of six pairs, w^6 = 1+i; zeros of the second one cost nothing."""
    real, imaginary = [0] * 11, [0] * 11
    for j, (c, d) in enumerate(g):
        if c or d:
            for i, (a, b) in enumerate(f, j):
                real[i] += a * c - b * d
                imaginary[i] += a * d + b * c
    for i in range(5):
        real[i] += real[i + 6] - imaginary[i + 6]
        imaginary[i] += real[i + 6] + imaginary[i + 6]
    return [(real[i] % P, imaginary[i] % P) for i in range(6)]


def line(a, b, at):
    """The line through two points of the second group, at a point of the first one."""
    m = slope(a, b)
    rise = mul(m, a[0])
    return [sub(rise, a[1]), ZERO, mul(m, (-at[0][0], 0)), at[1], ZERO, ZERO]


def pairings_cancel(pairs):
    """Whether the product of the pairings e(p, q) is one, p in the first group, q in the second."""
    f, points = [ONE] + [ZERO] * 5, [q for _, q in pairs]
    for bit in bin(X)[3:]:
        f = times12(f, f)
        for k, (p, q) in enumerate(pairs):
            f = times12(f, line(points[k], points[k], p))
            points[k] = add(points[k], points[k])
            if bit == "1":
                f = times12(f, line(points[k], q, p))
                points[k] = add(points[k], q)
    # The rest of the exponent (p^12 - 1) / r: first p^2 + 1, then (p^4 - p^2 + 1) / r. Instead of
    # raising to p^6 - 1 at last, see that p^6 changes nothing: odd powers of w have vanished.
    turn = power((1, 1), (P * P - 1) // 6)
    f = times12(f, [mul(c, power(turn, k)) for k, c in enumerate(f)])
    f = power(f, (P**4 - P * P + 1) // ORDER, times12, [ONE] + [ZERO] * 5)
    return f[1] == f[3] == f[5] == ZERO and any(c != ZERO for c in f)


def beacon_is_right(number, signature, key):
    """Whether e(signature, generator) = e(hash of the round's number, key of the network)."""
    try:
        x, y = decompress(signature, 1)
        group_key = decompress(key, 2)
    except Wrong:
        return False
    message = hash_to_curve(sha(u64(number)), DST)
    generator = decompress(bytes.fromhex(GENERATOR), 2)
    return pairings_cancel([((x, sub(ZERO, y)), generator), (message, group_key)])


# The curve isogenous to the first group's, and the isogeny's four polynomials, lowest degree first
# (RFC 9380, sections 8.8.1 and E.2).
ISO_A = (
    0x144698A3B8E9433D693A02C96D4982B0EA985383EE66A8D8E8981AEFD881AC98936F8DA0E0F97F5CF428082D584C1D
)
ISO_B = int(
    "12e2908d11688030018b12e8753eee3b2016c1f0f24f4070"
    "a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0",
    16,
)
ISOGENY = [
    [  # numerator of x
        0x11A05F2B1E833340B809101DD99815856B303E88A2D7005FF2627B56CDB4E2C85610C2D5F2E62D6EAEAC1662734649B7,
        0x17294ED3E943AB2F0588BAB22147A81C7C17E75B2F6A8417F565E33C70D1E86B4838F2A6F318C356E834EEF1B3CB83BB,
        0xD54005DB97678EC1D1048C5D10A9A1BCE032473295983E56878E501EC68E25C958C3E3D2A09729FE0179F9DAC9EDCB0,
        0x1778E7166FCC6DB74E0609D307E55412D7F5E4656A8DBF25F1B33289F1B330835336E25CE3107193C5B388641D9B6861,
        0xE99726A3199F4436642B4B3E4118E5499DB995A1257FB3F086EEB65982FAC18985A286F301E77C451154CE9AC8895D9,
        0x1630C3250D7313FF01D1201BF7A74AB5DB3CB17DD952799B9ED3AB9097E68F90A0870D2DCAE73D19CD13C1C66F652983,
        0xD6ED6553FE44D296A3726C38AE652BFB11586264F0F8CE19008E218F9C86B2A8DA25128C1052ECADDD7F225A139ED84,
        0x17B81E7701ABDBE2E8743884D1117E53356DE5AB275B4DB1A682C62EF0F2753339B7C8F8C8F475AF9CCB5618E3F0C88E,
        0x80D3CF1F9A78FC47B90B33563BE990DC43B756CE79F5574A2C596C928C5D1DE4FA295F296B74E956D71986A8497E317,
        0x169B1F8E1BCFA7C42E0C37515D138F22DD2ECB803A0C5C99676314BAF4BB1B7FA3190B2EDC0327797F241067BE390C9E,
        0x10321DA079CE07E272D8EC09D2565B0DFA7DCCDDE6787F96D50AF36003B14866F69B771F8C285DECCA67DF3F1605FB7B,
        0x6E08C248E260E70BD1E962381EDEE3D31D79D7E22C837BC23C0BF1BC24C6B68C24B1B80B64D391FA9C8BA2E8BA2D229,
    ],
    [  # denominator of x
        0x8CA8D548CFF19AE18B2E62F4BD3FA6F01D5EF4BA35B48BA9C9588617FC8AC62B558D681BE343DF8993CF9FA40D21B1C,
        0x12561A5DEB559C4348B4711298E536367041E8CA0CF0800C0126C2588C48BF5713DAA8846CB026E9E5C8276EC82B3BFF,
        0xB2962FE57A3225E8137E629BFF2991F6F89416F5A718CD1FCA64E00B11ACEACD6A3D0967C94FEDCFCC239BA5CB83E19,
        0x3425581A58AE2FEC83AAFEF7C40EB545B08243F16B1655154CCA8ABC28D6FD04976D5243EECF5C4130DE8938DC62CD8,
        0x13A8E162022914A80A6F1D5F43E7A07DFFDFC759A12062BB8D6B44E833B306DA9BD29BA81F35781D539D395B3532A21E,
        0xE7355F8E4E667B955390F7F0506C6E9395735E9CE9CAD4D0A43BCEF24B8982F7400D24BC4228F11C02DF9A29F6304A5,
        0x772CAACF16936190F3E0C63E0596721570F5799AF53A1894E2E073062AEDE9CEA73B3538F0DE06CEC2574496EE84A3A,
        0x14A7AC2A9D64A8B230B3F5B074CF01996E7F63C21BCA68A81996E1CDF9822C580FA5B9489D11E2D311F7D99BBDCC5A5E,
        0xA10ECF6ADA54F825E920B3DAFC7A3CCE07F8D1D7161366B74100DA67F39883503826692ABBA43704776EC3A79A1D641,
        0x95FC13AB9E92AD4476D6E3EB3A56680F682B4EE96F7D03776DF533978F31C1593174E4B4B7865002D6384D168ECDD0A,
        0x1,
    ],
    [  # numerator of y
        0x90D97C81BA24EE0259D1F094980DCFA11AD138E48A869522B52AF6C956543D3CD0C7AEE9B3BA3C2BE9845719707BB33,
        0x134996A104EE5811D51036D776FB46831223E96C254F383D0F906343EB67AD34D6C56711962FA8BFE097E75A2E41C696,
        0xCC786BAA966E66F4A384C86A3B49942552E2D658A31CE2C344BE4B91400DA7D26D521628B00523B8DFE240C72DE1F6,
        0x1F86376E8981C217898751AD8746757D42AA7B90EEB791C09E4A3EC03251CF9DE405ABA9EC61DECA6355C77B0E5F4CB,
        0x8CC03FDEFE0FF135CAF4FE2A21529C4195536FBE3CE50B879833FD221351ADC2EE7F8DC099040A841B6DAECF2E8FEDB,
        0x16603FCA40634B6A2211E11DB8F0A6A074A7D0D4AFADB7BD76505C3D3AD5544E203F6326C95A807299B23AB13633A5F0,
        0x4AB0B9BCFAC1BBCB2C977D027796B3CE75BB8CA2BE184CB5231413C4D634F3747A87AC2460F415EC961F8855FE9D6F2,
        0x987C8D5333AB86FDE9926BD2CA6C674170A05BFE3BDD81FFD038DA6C26C842642F64550FEDFE935A15E4CA31870FB29,
        0x9FC4018BD96684BE88C9E221E4DA1BB8F3ABD16679DC26C1E8B6E6A1F20CABE69D65201C78607A360370E577BDBA587,
        0xE1BBA7A1186BDB5223ABDE7ADA14A23C42A0CA7915AF6FE06985E7ED1E4D43B9B3F7055DD4EBA6F2BAFAAEBCA731C30,
        0x19713E47937CD1BE0DFD0B8F1D43FB93CD2FCBCB6CAF493FD1183E416389E61031BF3A5CCE3FBAFCE813711AD011C132,
        0x18B46A908F36F6DEB918C143FED2EDCC523559B8AAF0C2462E6BFE7F911F643249D9CDF41B44D606CE07C8A4D0074D8E,
        0xB182CAC101B9399D155096004F53F447AA7B12A3426B08EC02710E807B4633F06C851C1919211F20D4C04F00B971EF8,
        0x245A394AD1ECA9B72FC00AE7BE315DC757B3B080D4C158013E6632D3C40659CC6CF90AD1C232A6442D9D3F5DB980133,
        0x5C129645E44CF1102A159F748C4A3FC5E673D81D7E86568D9AB0F5D396A7CE46BA1049B6579AFB7866B1E715475224B,
        0x15E6BE4E990F03CE4EA50B3B42DF2EB5CB181D8F84965A3957ADD4FA95AF01B2B665027EFEC01C7704B456BE69C8B604,
    ],
    [  # denominator of y
        0x16112C4C3A9C98B252181140FAD0EAE9601A6DE578980BE6EEC3232B5BE72E7A07F3688EF60C206D01479253B03663C1,
        0x1962D75C2381201E1A0CBD6C43C348B885C84FF731C4D59CA4A10356F453E01F78A4260763529E3532F6102C2E49A03D,
        0x58DF3306640DA276FAAAE7D6E8EB15778C4855551AE7F310C35A5DD279CD2ECA6757CD636F96F891E2538B53DBF67F2,
        0x16B7D288798E5395F20D23BF89EDB4D1D115C5DBDDBCD30E123DA489E726AF41727364F2C28297ADA8D26D98445F5416,
        0xBE0E079545F43E4B00CC912F8228DDCC6D19C9F0F69BBB0542EDA0FC9DEC916A20B15DC0FD2EDEDDA39142311A5001D,
        0x8D9E5297186DB2D9FB266EAAC783182B70152C65550D881C5ECD87B6F0F5A6449F38DB9DFA9CCE202C6477FAAF9B7AC,
        0x166007C08A99DB2FC3BA8734ACE9824B5EECFDFA8D0CF8EF5DD365BC400A0051D5FA9C01A58B1FB93D1A1399126A775C,
        0x16A3EF08BE3EA7EA03BCDDFABBA6FF6EE5A4375EFA1F4FD7FEB34FD206357132B920F5B00801DEE460EE415A15812ED9,
        0x1866C8ED336C61231A1BE54FD1D74CC4F9FB0CE4C6AF5920ABC5750C4BF39B4852CFE2F7BB9248836B233D9D55535D4A,
        0x167A55CDA70A6E1CEA820597D94A84903216F763E13D87BB5308592E7EA7D4FBC7385EA3D529B35E346EF48BB8913F55,
        0x4D2F259EEA405BD48F010A01AD2911D9C6DD039BB61A6290E591B36E636A5C871A5C29F4F83060400F8B49CBA8F6AA8,
        0xACCBB67481D033FF5852C1E48C50C477F94FF8AEFCE42D28C0F9A88CEA7913516F968986F7EBBEA9684B529E2561092,
        0xAD6B9514C767FE3C3613144B45F1496543346D98ADF02267D5CEEF9A00D9B8693000763E3B90AC11E99B138573345CC,
        0x2660400EB2E4F3B628BDD0D53CD76F2BF565B94E72927C1CB748DF27942480E420517BD8714CC80D1FADC1326ED06F7,
        0xE0FA1D816DDC03E6B24255E0D7819C171C40F65E273B853324EFCD6356CAA205CA2F570F13497804415473A1D634B8F,
        0x1,
    ],
]

# ------------------------------------------------------------------ sentences, French and English

TEXTS = {
    "title": (
        "VÉRIFICATION D’UN TIRAGE AU SORT (MVD1)",
        "CHECK OF A PRIZE DRAW (MVD1)",
    ),
    "verdict_good": (
        "Conclusion : tout ce qui a été contrôlé est exact.",
        "Conclusion: everything that was checked is right.",
    ),
    "verdict_bad": (
        "Conclusion : ce fichier NE PROUVE PAS un tirage régulier.",
        "Conclusion: this file does NOT prove a fair draw.",
    ),
    "checked": (
        "Ce qui a été contrôlé et qui est exact :",
        "What was checked and is right:",
    ),
    "wrong": (
        "Ce qui est faux :",
        "What is wrong:",
    ),
    "unchecked": (
        "Ce qui n’a pas été contrôlé :",
        "What was not checked:",
    ),
    "commit_good": (
        "Le règlement du tirage, ses lots et la liste scellée portent bien l’empreinte {code}.",
        "The draw's terms, its prizes and the sealed list do carry the fingerprint {code}.",
    ),
    "code_good": (
        "C’est le code {code} que vous avez reçu : la liste n’a pas été échangée.",
        "It is the code {code} that you were given: the list was not swapped.",
    ),
    "beacon_good": (
        "La balise publique a bien émis cette valeur au tour {round} : sa signature est "
        "authentique.",
        "The public beacon did emit this value at round {round}: its signature is genuine.",
    ),
    "foreign_good": (
        "Le réseau de balise dont vous avez donné la clé a bien signé le tour {round}.",
        "The beacon network whose key you gave did sign round {round}.",
    ),
    "round_good": (
        "Le tour {round} est celui que l’heure annoncée ({at}) impose.",
        "Round {round} is the one that the announced time ({at}) imposes.",
    ),
    "randomness": (
        "Valeur du tour : {value}",
        "Value of the round: {value}",
    ),
    "seed_good": (
        "La graine du hasard découle de cette empreinte et de ces sources, niveau {level}.",
        "The seed follows from that fingerprint and those sources, level {level}.",
    ),
    "level_A": (
        "Niveau A : balise publique. Si l’empreinte a paru avant, nul ne pouvait choisir le "
        "résultat.",
        "Level A: public beacon. If the fingerprint came out before, nobody could choose the "
        "result.",
    ),
    "level_Ap": (
        "Niveau A+ : plusieurs sources publiques, la balise en dernier.",
        "Level A+: several public sources, the beacon last.",
    ),
    "level_B": (
        "Niveau B : dés lancés devant témoin ; il faut se fier au témoin.",
        "Level B: dice thrown before a witness; the witness must be trusted.",
    ),
    "level_C": (
        "Niveau C : secret de l’organisateur engagé d’avance ; il pouvait renoncer à le révéler.",
        "Level C: operator's secret committed in advance; he could have withheld it.",
    ),
    "level_D": (
        "Niveau D : hasard local, SANS VALEUR DE PREUVE (essai ou démonstration).",
        "Level D: local chance, PROVES NOTHING (test or demonstration).",
    ),
    "level_foreign": (
        "Niveau D : le hasard vient d’une balise qui n’est pas la balise publique, SANS VALEUR DE "
        "PREUVE (essai ou démonstration).",
        "Level D: chance came from a beacon that is not the public one, PROVES NOTHING (test or "
        "demonstration).",
    ),
    "prior_good": (
        "Gagnants antérieurs écartés, conformes aux certificats fournis : {count}.",
        "Earlier winners passed over, in agreement with the certificates given: {count}.",
    ),
    "draws_good": (
        "Numéros tirés, billets et places recalculés : {steps} (pour {count} participations "
        "et {total} billets).",
        "Numbers drawn, tickets and places computed again: {steps} (for {count} entries and "
        "{total} tickets).",
    ),
    "step_winner": (
        "{place}. billet n° {number} (participation {tag}…) : gagnant, lot {prize}, place {rank}",
        "{place}. ticket no. {number} (entry {tag}…): winner, prize {prize}, place {rank}",
    ),
    "step_alternate": (
        "{place}. billet n° {number} (participation {tag}…) : suppléant, lot {prize}, rang {rank}",
        "{place}. ticket no. {number} (entry {tag}…): alternate, prize {prize}, rank {rank}",
    ),
    "step_same_group": (
        "{place}. billet n° {number} (participation {tag}…) : passé, son foyer a déjà sa part",
        "{place}. ticket no. {number} (entry {tag}…): passed over, its household has its share",
    ),
    "step_prior_winner": (
        "{place}. billet n° {number} (participation {tag}…) : passé, déjà gagnant d’un "
        "tirage antérieur",
        "{place}. ticket no. {number} (entry {tag}…): passed over, winner of an earlier draw",
    ),
    "exhausted": (
        "La liste s’est épuisée. Places restées sans titulaire, comme déclaré : {count}.",
        "The list ran out. Places left empty, as declared: {count}.",
    ),
    "audit_good": (
        "Billets à ouvrir devant l’auditeur, bien désignés par le hasard : {count}.",
        "Tickets to open before the auditor, designated by chance as they should be: {count}.",
    ),
    "vacancies_good": (
        "Places libérées après tirage, motif admis et deux approbations pour chacune : "
        "{count} ({said}).",
        "Places vacated after the draw, with a listed reason and two approvals each: {count} "
        "({said}).",
    ),
    "entries_good": (
        "La liste complète ({count} participations, {total} billets) est celle qui était "
        "scellée, sans doublon.",
        "The whole list ({count} entries, {total} tickets) is the sealed one, without duplicates.",
    ),
    "classes_good": (
        "Participations : {c0} admises, {c4} admises sous vérification, {c1} retirées, {c2} "
        "inéligibles, {c3} exclues (sans billet).",
        "Entries: {c0} eligible, {c4} eligible subject to verification, {c1} withdrawn, {c2} "
        "ineligible, {c3} excluded (no ticket).",
    ),
    "tag_good": (
        "Cette participation est bien la vôtre ({who}).",
        "This entry is yours ({who}).",
    ),
    "tickets_good": (
        "Elle figure dans la liste scellée. Billets : {weight}, du n° {first} au n° {last} "
        "sur {total}.",
        "It is in the sealed list. Tickets: {weight}, from no. {first} to no. {last} of {total}.",
    ),
    "tickets_none": (
        "Elle figure dans la liste scellée, sans billet.",
        "It is in the sealed list, without tickets.",
    ),
    "class_0": (
        "Statut : admise.",
        "Status: eligible.",
    ),
    "class_1": (
        "Statut : retirée.",
        "Status: withdrawn.",
    ),
    "class_2": (
        "Statut : inéligible selon le règlement.",
        "Status: ineligible by the rules.",
    ),
    "class_3": (
        "Statut : exclue après examen par une personne.",
        "Status: excluded after review by a person.",
    ),
    "class_4": (
        "Statut : admise, gain sous réserve de vérification.",
        "Status: eligible, win subject to verification.",
    ),
    "result_none": (
        "Vos billets ne sont pas parmi les {steps} tirés.",
        "Your tickets are not among the {steps} drawn.",
    ),
    "result_drawn": (
        "Votre participation a été tirée en position {place} : {status}.",
        "Your entry was drawn at position {place}: {status}.",
    ),
    "receipt_good": (
        "Le reçu n° {seq}, du {at}, de {weight} billets, porte une signature authentique.",
        "Receipt no. {seq}, of {at}, for {weight} tickets, carries a genuine signature.",
    ),
    "receipt_same": (
        "La liste scellée dit comme votre reçu n° {seq} : {weight} billets.",
        "The sealed list says what your receipt no. {seq} says: {weight} tickets.",
    ),
    "receipt_more": (
        "La liste scellée vous donne {listed} billets, votre reçu n° {seq} {weight} : les autres "
        "sont venus après lui.",
        "The sealed list gives you {listed} tickets, your receipt no. {seq} {weight}: the others "
        "came after it.",
    ),
    "open_code": (
        "Comparez le code {code} à celui que vous aviez AVANT le tirage (ou donnez le vôtre).",
        "Compare the code {code} with the one you had BEFORE the draw (or give yours).",
    ),
    "open_time": (
        "Que l’empreinte a été publiée avant l’heure du tirage : voyez les horodatages et "
        "vos messages.",
        "That the fingerprint was published before the draw: see the timestamps and your messages.",
    ),
    "open_phantoms": (
        "Que les participants existent : c’est l’objet du contrôle par échantillon d’un auditeur.",
        "That the entrants exist: this is what an auditor's sample is for.",
    ),
    "open_people": (
        "Qui sont les gagnants et si les lots ont été remis.",
        "Who the winners are, and whether the prizes were handed over.",
    ),
    "open_list": (
        "La liste entière : téléchargez le fichier des participations et donnez-le aussi.",
        "The whole list: download the entries file and give it too.",
    ),
    "open_prior": (
        "Que les gagnants antérieurs écartés ({count}) le sont vraiment : donnez aussi leurs "
        "certificats.",
        "That the earlier winners passed over ({count}) really are: give their certificates too.",
    ),
    "open_fallback": (
        "Que la balise était indisponible : les sources de SECOURS ont servi. Le tour prévu "
        "existe peut-être.",
        "That the beacon was unavailable: the FALLBACK sources were used. The announced "
        "round may exist.",
    ),
    "open_sources": (
        "Que les autres sources étaient publiques avant le tour de la balise.",
        "That the other sources were public before the beacon's round.",
    ),
    "open_draw_at": (
        "Que le tour {round} était encore à venir : l’engagement ne dit pas l’heure du tirage.",
        "That round {round} was still to come: the commitment states no draw time.",
    ),
    "open_chain": (
        "Que cet autre réseau de balise est digne de confiance, et que son tour {round} était "
        "encore à venir.",
        "That this other beacon network deserves trust, and that its round {round} was still "
        "to come.",
    ),
    "open_foreign": (
        "La signature du tour {round} : ce n’est pas celle de la balise publique, et la clé de ce "
        "réseau n’est pas connue ici (verify_draw.py la prend avec --chain et --key).",
        "The signature of round {round}: it is not the public beacon's, and that network's key is "
        "not known here (verify_draw.py takes it with --chain and --key).",
    ),
    "open_key": (
        "Que la clé {key} est bien celle de la marque : comparez-la à celle que publie son site "
        "(/.well-known/masterapp-fairness.json).",
        "That the key {key} is the brand's: compare it with the one its site publishes "
        "(/.well-known/masterapp-fairness.json).",
    ),
    "open_receipt": (
        "Ce que la liste scellée dit de ce reçu : donnez aussi le certificat et la liste, ou "
        "votre billet.",
        "What the sealed list says of this receipt: give the certificate and the list too, or "
        "your ticket.",
    ),
    "open_receipt_class": (
        "Pourquoi la liste scellée vous donne {listed} billet et votre reçu n° {seq} {weight} : "
        "l’organisateur vous en doit le motif.",
        "Why the sealed list gives you {listed} tickets and your receipt no. {seq} {weight}: the "
        "organiser owes you the reason.",
    ),
    "open_result": (
        "Votre résultat : donnez aussi le certificat du tirage.",
        "Your result: give the draw's certificate too.",
    ),
    "json": (
        "Le fichier n’est pas du JSON strict : il est abîmé ou n’est pas un certificat.",
        "The file is not strict JSON: it is damaged or not a certificate.",
    ),
    "shape": (
        "Un champ manque ou n’a pas la forme prévue.",
        "A field is missing or not of the expected form.",
    ),
    "file": (
        "Fichier illisible : {name}",
        "Cannot read the file: {name}",
    ),
    "version": (
        "Ce n’est pas un document MVD1 que ce programme connaît.",
        "This is not an MVD1 document that this program knows.",
    ),
    "commit": (
        "L’empreinte ne correspond pas au contenu : l’engagement a été modifié.",
        "The fingerprint does not match the content: the commitment was altered.",
    ),
    "code": (
        "Le code que vous avez reçu n’est pas {code} : ce n’est pas le même engagement.",
        "The code you were given is not {code}: this is not the same commitment.",
    ),
    "entropy": (
        "Les sources du hasard ne sont pas celles qui étaient annoncées, ou sont mal écrites.",
        "The sources of chance are not the announced ones, or are badly written.",
    ),
    "level": (
        "Le niveau d’assurance affiché n’est pas le bon.",
        "The level of assurance shown is not the right one.",
    ),
    "chain": (
        "La balise du tirage n’est pas le réseau dont vous avez donné la clé.",
        "The beacon of the draw is not the network whose key you gave.",
    ),
    "beacon": (
        "La signature n’est pas celle du tour {round} de la balise.",
        "The signature is not the beacon's for round {round}.",
    ),
    "point": (
        "Un point de la courbe n’est pas valable.",
        "A point of the curve is not valid.",
    ),
    "round": (
        "Le tour {round} n’est pas celui que l’heure annoncée impose.",
        "Round {round} is not the one that the announced time imposes.",
    ),
    "closed": (
        "La liste n’était pas close avant l’heure du tirage.",
        "The list was not closed before the time of the draw.",
    ),
    "seed": (
        "La graine ne découle pas de l’empreinte et des sources.",
        "The seed does not follow from the fingerprint and the sources.",
    ),
    "prior": (
        "Les gagnants antérieurs écartés ne sont pas ceux des tirages désignés.",
        "The earlier winners passed over are not those of the named draws.",
    ),
    "order": (
        "Position {place} : l’ordre des numéros tirés est rompu.",
        "Position {place}: the order of the numbers drawn is broken.",
    ),
    "extra": (
        "Position {place} : un numéro de trop.",
        "Position {place}: one number too many.",
    ),
    "missing": (
        "Position {place} : il manque des numéros tirés.",
        "Position {place}: numbers drawn are missing.",
    ),
    "number": (
        "Position {place} : ce n’est pas le nombre que donne la graine.",
        "Position {place}: this is not the number that the seed gives.",
    ),
    "ticket": (
        "Position {place} : ce n’est pas le billet désigné.",
        "Position {place}: this is not the designated ticket.",
    ),
    "holder": (
        "Position {place} : le billet n’appartient pas à cette participation.",
        "Position {place}: the ticket does not belong to that entry.",
    ),
    "status": (
        "Position {place} : la place attribuée n’est pas la bonne.",
        "Position {place}: the place given is not the right one.",
    ),
    "record": (
        "Une participation a un poids ou un statut impossible.",
        "An entry has an impossible weight or status.",
    ),
    "path": (
        "La preuve de la participation {leaf} ne mène pas à la liste scellée.",
        "The proof of entry {leaf} does not lead to the sealed list.",
    ),
    "sum": (
        "Les poids dépassent ce que le protocole admet.",
        "The weights exceed what the protocol allows.",
    ),
    "unfilled": (
        "Les places restées vides ne sont pas celles déclarées.",
        "The places left empty are not the declared ones.",
    ),
    "audit": (
        "Les billets de l’audit ne sont pas ceux que le hasard désigne.",
        "The audit's tickets are not the ones chance designates.",
    ),
    "vacancy": (
        "Une place libérée l’a été sans motif admis, sans deux approbations, ou n’était "
        "tenue par personne.",
        "A place was vacated without a listed reason or two approvals, or nobody held it.",
    ),
    "not_entries": (
        "Ce n’est pas un fichier de participations MVD1 (décompressez-le d’abord ?).",
        "This is not an MVD1 entries file (decompress it first?).",
    ),
    "other_list": (
        "Cette liste n’est pas celle qui a été scellée.",
        "This list is not the one that was sealed.",
    ),
    "other_record": (
        "La participation {leaf} n’est pas la même dans la liste et dans le certificat.",
        "Entry {leaf} is not the same in the list and in the certificate.",
    ),
    "truncated": (
        "La liste est tronquée : {found} participations sur {count}.",
        "The list is cut short: {found} entries of {count}.",
    ),
    "unsorted": (
        "La liste n’est pas triée ou contient un doublon, à la participation {place}.",
        "The list is not sorted or holds a duplicate, at entry {place}.",
    ),
    "trailing": (
        "La liste continue après sa dernière participation.",
        "The list goes on after its last entry.",
    ),
    "classes": (
        "Le décompte des statuts n’est pas celui qui a été scellé.",
        "The count of statuses is not the sealed one.",
    ),
    "tag": (
        "L’étiquette ne correspond pas à cette identité : cette participation n’est pas la vôtre.",
        "The tag does not match that identity: this entry is not yours.",
    ),
    "receipt_forged": (
        "La signature du reçu n’est pas celle de la clé qu’il nomme : il a été modifié.",
        "The receipt's signature is not that of the key it names: it was altered.",
    ),
    "receipt_other": (
        "Ce reçu est celui d’un autre tirage ou d’une autre participation.",
        "This receipt belongs to another draw or to another entry.",
    ),
    "receipt_missing": (
        "AUCUNE participation de la liste scellée ne porte l’étiquette {tag}… : avec sa signature, "
        "votre reçu n° {seq} en est la preuve.",
        "NO entry of the sealed list has the tag {tag}…: with its signature, your receipt no. "
        "{seq} is the evidence.",
    ),
    "receipt_less": (
        "La liste scellée vous donne {listed} billets, votre reçu n° {seq} {weight} : sauf reçu "
        "plus récent qui dit moins, il en est la preuve.",
        "The sealed list gives you {listed} tickets, your receipt no. {seq} {weight}: unless a "
        "later receipt says less, it is the evidence.",
    ),
    "other_draw": (
        "Le certificat est celui d’un autre engagement que votre participation.",
        "The certificate belongs to another commitment than your entry.",
    ),
}


# ------------------------------------------------------------------ the command

USAGE = __doc__.split("The program reads")[0]


def load(path):
    """A JSON object from a file."""
    try:
        value = parse(Path(path).read_text("utf-8"))
    except UnicodeDecodeError:
        raise Wrong("json") from None
    must(type(value) is dict, "json")
    return value


def read_arguments(arguments):
    """Split the command line into its words and its options."""
    words, options, rest = [], {"earlier": []}, list(arguments)
    while rest:
        word = rest.pop(0)
        name = word[2:]
        if not word.startswith("--"):
            words.append(word)
        elif name in ("lang", "code", "earlier", "key", "chain") and rest:
            value = rest.pop(0)
            if name == "earlier":
                options["earlier"].append(value)
            else:
                options[name] = value
        else:
            return None, options
    wrong = not re.fullmatch("[0-9a-f]{192}", options.get("key", KEY))
    wrong |= not re.fullmatch("[0-9a-f]{64}", options.get("chain", CHAIN))
    if wrong or ("key" in options) != ("chain" in options):
        return None, options
    if options.get("lang", "fr") not in ("fr", "en"):
        return None, options
    return words, options


def run(words, options, report):
    """Do what the words of the command line ask; False if they ask for nothing known."""
    modes = {"light": (1,), "full": (2,), "ticket": (1, 2), "receipt": (1, 2, 3), "beacon": (2,)}
    mode = words[0] if words and words[0] in modes else "light"
    files = words[1:] if words and words[0] == mode else words
    if mode == "beacon" and len(files) == 2 and re.fullmatch("[0-9]{1,15}", files[0]):
        number, signature = int(files[0]), unhex(files[1].lower(), 48)
        key = bytes.fromhex(options.get("key", KEY))
        must(number and beacon_is_right(number, signature, key), "beacon", round=number)
        report.good("beacon_good", round=number)
        report.good("randomness", value=sha(signature).hex())
        return True
    if mode == "beacon" or len(files) not in modes[mode]:
        return False
    options["earlier"] = [load(path) for path in options["earlier"]]
    if mode == "ticket":
        certificate = load(files[1]) if len(files) == 2 else None
        check_ticket(load(files[0]), certificate, report, options)
        return True
    if mode == "receipt":
        other = load(files[1]) if len(files) > 1 else None
        must(len(files) < 3 or other.get("v") != "MVD1-TICKET-1", "version")
        with Path(files[-1]).open("rb") as file:
            entries = file if len(files) == 3 else None
            check_receipt_with(load(files[0]), other, entries, report, options)
        return True
    certificate = load(files[0])
    check_certificate(certificate, report, options)
    if mode == "light":
        report.open("open_list")
        return True
    with Path(files[1]).open("rb") as file:
        check_entries(certificate, file, report)
    return True


def main(arguments):
    """Run the command and say how it ended."""
    words, options = read_arguments(arguments)
    report = Report()
    try:
        if words is None or not run(words, options, report):
            sys.stderr.write(USAGE)
            return 2
    except Wrong as wrong:
        report.bad(wrong.code, **wrong.facts)
    except OSError as error:
        report.bad("file", name=error.filename)
    except CLUMSY:
        report.bad("shape")
    languages = [options["lang"]] if "lang" in options else ["fr", "en"]
    text = "\n".join(report.text(language) for language in languages)
    sys.stdout.buffer.write(text.encode("utf-8"))
    return 1 if any(mark == "!!" for mark, _, _ in report.lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
