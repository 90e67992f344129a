"""Two independent verifiers, Python and browser, agree with the engine and with each other."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masterapp.draws import verify_page
from masterapp.draws.protocol.drawing import Slot, winning_groups
from masterapp.draws.protocol.vacancy import Reason, Vacancy
from masterapp.exact.drand import QUICKNET
from masterapp.fairness.demo_beacon import DEMO, sign
from tests.draws_kit import (
    PROMISE,
    ROOT,
    ROUND,
    ROUNDS,
    SIGNATURE,
    Entrant,
    MadeDraw,
    PageScript,
    faults,
    findings,
    load_verifier,
    people,
    places_in,
    run_verifier,
)

VERIFIER = ROOT / "static" / "verify" / "verify_draw.py"
PRIZES = [{"id": "P1", "qty": 1, "alternates": 2}, {"id": "P2", "qty": 3, "alternates": 1}]


def sample(**more: Any) -> MadeDraw:
    """A draw with weights, households, weightless entries and an audit."""
    entrants = [
        *(Entrant(f"fan{n}", n * n % 17, unit=f"home{n % 9}") for n in range(30)),
        Entrant("left", 0, kind=1),
        Entrant("foreign", 0, kind=2),
        Entrant("robot", 0, kind=3),
        Entrant("doubtful", 4, kind=4),
    ]
    return MadeDraw(entrants, PRIZES, more)


entrants_strategy = st.lists(
    st.tuples(st.one_of(st.integers(0, 4), st.integers(0, 2**55)), st.integers(0, 6)),
    max_size=40,
)
prizes_strategy = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(entrants_strategy, prizes_strategy, st.integers(1, 3), st.integers(0, 12))
def test_engine_and_both_verifiers_agree_on_any_draw(
    page_script: PageScript,
    entrants: list[tuple[int, int]],
    prizes: list[tuple[int, int]],
    most: int,
    audit: int,
) -> None:
    """Any certificate that the engine makes is found right, in the same words, twice."""
    made = MadeDraw(
        [Entrant(f"fan{n}", weight, f"home{unit}") for n, (weight, unit) in enumerate(entrants)],
        [{"id": f"P{n}", "qty": q, "alternates": a} for n, (q, a) in enumerate(prizes)],
        {"max_per_group": most, "audit": {"sample": audit}},
    )
    text, entries = json.dumps(made.certificate()), made.entries_file()
    ours = findings(text, entries)
    assert faults(ours) == []
    assert page_script(text, entries) == ours


def test_light_verification_says_what_it_did_not_see(page_script: PageScript) -> None:
    """Without the list, the code and earlier certificates, the report says so."""
    text = json.dumps(sample().certificate())
    lines = findings(text)
    unseen = {line[1] for line in lines if line[0] == "--"}
    assert unseen == {"open_code", "open_time", "open_phantoms", "open_people", "open_list"}
    assert page_script(text) == lines


def wrong_vacancy(**change: Any) -> dict[str, Any]:
    """A vacancy of the first place with one thing changed."""
    return {
        "slot": ["P1", "winner", 1],
        "reason": "NO_REPLY",
        "evidence_sha256": "ab" * 32,
        "approvers": ["alma", "bruno"],
        "ts": "2026-12-20T10:00:00Z",
    } | change


def _set(*where: Any) -> Callable[[Any], None]:
    *path, key, value = where

    def change(document: Any) -> None:
        for step in path:
            document = document[step]
        document[key] = value

    return change


def _drop(*where: Any) -> Callable[[Any], None]:
    *path, key = where

    def change(document: Any) -> None:
        for step in path:
            document = document[step]
        del document[key]

    return change


def _swap_first_draws(document: Any) -> None:
    draws = document["draws"]
    draws[0], draws[1] = draws[1], draws[0]


def _altered_weight(document: Any) -> None:
    record = document["draws"][0]["record"]
    document["draws"][0]["record"] = record[:96] + "00000000000000ff" + record[112:]


TAMPERINGS: dict[str, tuple[Callable[[Any], None], str]] = {
    "altered number": (_set("draws", 0, "u", "1"), "number"),
    "altered live": (_set("draws", 1, "live", "1"), "number"),
    "altered ticket": (_set("draws", 1, "ticket", "1"), "ticket"),
    "dropped draw": (_drop("draws", 1), "order"),
    "dropped last draw": (_drop("draws", -1), "missing"),
    "swapped draws": (_swap_first_draws, "order"),
    "swapped index": (_set("draws", 0, "leaf", 0), "path"),
    "altered weight": (_altered_weight, "path"),
    "altered path sum": (_set("draws", 0, "path", 0, 0, "77"), "path"),
    "altered path hash": (_set("draws", 0, "path", 0, 1, "00" * 32), "path"),
    "shortened path": (_drop("draws", 0, "path", 0), "path"),
    "altered place": (_set("draws", 0, "status", ["P2", "winner", 1]), "status"),
    "altered total": (_set("commitment", "entries", "W", "99"), "commit"),
    "altered prize": (_set("commitment", "prizes", 0, "qty", 2), "commit"),
    "altered fingerprint": (_set("commit_hash", "00" * 32), "commit"),
    "altered code": (_set("code", "0000-0000-0000-0000-0000"), "commit"),
    "altered seed": (_set("seed", "00" * 32), "seed"),
    "better level": (_set("level", "A+"), "level"),
    "another round": (_set("entropy", 0, "round", 42), "entropy"),
    "another signature": (_set("entropy", 0, "signature", ROUNDS[0]["signature"]), "beacon"),
    "another randomness": (_set("entropy", 0, "randomness", "00" * 32), "entropy"),
    "no entropy": (_set("entropy", []), "entropy"),
    "invented unfilled": (_set("unfilled", [["P9", "winner", 1]]), "unfilled"),
    "altered audit": (_set("audit", "tickets", 0, "12345678"), "audit"),
    "no audit": (_drop("audit"), "audit"),
    "invented winners": (_set("prior_groups", ["00" * 16]), "prior"),
    "vacancy of nobody": (_set("vacancies", [wrong_vacancy(slot=["P9", "winner", 1])]), "vacancy"),
    "vacancy by one": (_set("vacancies", [wrong_vacancy(approvers=["a", "a"])]), "vacancy"),
    "vacancy without reason": (_set("vacancies", [wrong_vacancy(reason="MOOD")]), "vacancy"),
    "vacancy not counted": (_set("vacancies", [wrong_vacancy()]), "vacancy"),
    "vacancy twice": (_set("vacancies", [wrong_vacancy()] * 2), "vacancy"),
    "another version": (_set("v", "MVD1-CERTIFICATE-2"), "version"),
    "a float": (_set("draws", 0, "i", 0.0), "json"),
    "a decomposed letter": (_set("commitment", "title", "e\u0301"), "json"),
    "no draws": (_drop("draws"), "shape"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_by_both(page_script: PageScript, name: str) -> None:
    """Whatever is altered, both verifiers find it, and call it by the same name."""
    change, code = TAMPERINGS[name]
    document = sample().certificate()
    change(document)
    text = json.dumps(document)
    assert faults(findings(text)) == [code]
    assert faults(page_script(text)) == [code]


def test_a_commitment_that_leaves_the_round_open_is_refused(page_script: PageScript) -> None:
    """An operator who does not announce the round could choose among rounds."""
    for promise in ({"type": "drand"}, {"type": "drand", "chain": PROMISE["chain"]}, {}):
        made = sample(entropy=[PROMISE])
        text = made.certificate()
        text["commitment"]["entropy"] = [promise]
        verifier = load_verifier()
        fingerprint = verifier.commit_hash(text["commitment"])
        text["commit_hash"], text["code"] = fingerprint.hex(), verifier.human_code(fingerprint)
        assert faults(findings(json.dumps(text))) == ["entropy"]
        assert faults(page_script(json.dumps(text))) == ["entropy"]


def test_the_round_must_be_that_of_the_announced_time(page_script: PageScript) -> None:
    """A round other than the first one at or after the draw's time is refused."""
    for at, expected in (
        ("2023-09-15T11:00:03Z", []),
        ("2023-09-15T11:00:01Z", []),
        ("2023-09-15T11:00:04Z", ["round"]),
        ("2023-09-15T11:00:00Z", ["round"]),
        ("2023-09-15T07:00:00Z", ["round"]),
        ("2023-02-30T07:00:00Z", ["shape"]),
        ("1990-01-01T00:00:00Z", ["round"]),
    ):
        made = sample(draw_at=at)
        if expected == ["shape"]:
            continue  # the engine refuses to commit to a day that does not exist
        text = json.dumps(made.certificate())
        assert faults(findings(text)) == expected, at
        assert faults(page_script(text)) == expected, at
    late = json.dumps(sample(closed_at="2023-09-15T11:00:03Z").certificate())
    assert faults(findings(late)) == faults(page_script(late)) == ["closed"]


def test_the_code_that_was_received_is_compared(page_script: PageScript) -> None:
    """Any reasonable way of typing the code is accepted, any other code is refused."""
    made = sample().certificate()
    text, code = json.dumps(made), made["code"]
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("0", "O")):
        assert faults(findings(text, code=typed)) == []
        assert faults(page_script(text, code=typed)) == []
    for typed in ("0000-0000-0000-0000-0000", code[:-1], "x"):
        assert faults(findings(text, code=typed)) == ["code"]
        assert faults(page_script(text, code=typed)) == ["code"]


@pytest.mark.parametrize(
    ("revealed", "level"),
    [
        ({"type": "dice", "spec": "40d10", "rolls": "0123456789" * 4}, "B"),
        ({"type": "dice", "spec": "50d6", "rolls": "123456" * 8 + "12"}, "B"),
        ({"type": "local", "value": "cd" * 32}, "D"),
    ],
)
def test_other_levels_are_told_by_both(
    page_script: PageScript, revealed: dict[str, Any], level: str
) -> None:
    """Dice and local chance verify, and the report says how little that is worth."""
    promise = {k: v for k, v in revealed.items() if k in ("type", "spec")}
    made = MadeDraw(people(5), PRIZES, {"entropy": [promise]}, revealed=(revealed,))
    text = json.dumps(made.certificate())
    lines = findings(text)
    assert faults(lines) == []
    assert f"level_{level}" in [line[1] for line in lines]
    assert page_script(text) == lines


def test_several_sources_and_the_fallback_are_told_by_both(page_script: PageScript) -> None:
    """Dice, lottery and pulse before the beacon give A+; the fallback is named as such."""
    sources = (
        {"type": "lottery", "game": "FDJ", "date": "2023-09-14", "numbers": "03-17 02"},
        {"type": "nist", "chain": 2, "pulse": 5, "output": "ef" * 64},
        PROMISE | {"signature": SIGNATURE},
    )
    hidden = ("numbers", "output", "signature")
    promises = [{k: v for k, v in source.items() if k not in hidden} for source in sources]
    many = MadeDraw(people(5), PRIZES, {"entropy": promises}, revealed=sources)
    dice = {"type": "dice", "spec": "40d10"}
    fallback = {"fallback": {"after_hours": 72, "entropy": [dice]}}
    rolls = (dice | {"rolls": "7" * 40},)
    later = MadeDraw(people(5), PRIZES, fallback, revealed=rolls)
    for made, code in ((many, "open_sources"), (later, "open_fallback")):
        text = json.dumps(made.certificate())
        lines = findings(text)
        assert faults(lines) == []
        assert code in [line[1] for line in lines]
        assert page_script(text) == lines


def test_earlier_winners_are_checked_against_their_certificates(page_script: PageScript) -> None:
    """With the earlier certificate the groups passed over are proved; a forged one is found."""
    first = MadeDraw(people(12), PRIZES)
    won = frozenset(winning_groups(first.drawing.steps))
    named = {"exclude_winners_of": [str(first.draw_id)]}
    second = MadeDraw(people(12), PRIZES, named, prior_groups=won, draw_id=UUID(int=77))
    text, earlier = json.dumps(second.certificate()), json.dumps(first.certificate())
    assert "open_prior" in [line[1] for line in findings(text)]
    assert page_script(text) == findings(text)
    documents = [load_verifier().parse(earlier)]
    lines = findings(text, earlier=documents)
    assert "prior_good" in [line[1] for line in lines]
    assert page_script(text, earlier) == page_script(earlier, text) == lines
    fewer = MadeDraw(
        people(12), PRIZES, named, prior_groups=frozenset([*won][:1]), draw_id=UUID(int=77)
    )
    forged = json.dumps(fewer.certificate())
    assert faults(findings(forged, earlier=documents)) == ["prior"]
    assert faults(page_script(forged, earlier)) == ["prior"]


def test_vacancies_are_counted_in_public(page_script: PageScript) -> None:
    """Two places vacated for listed reasons verify and are told with their reasons."""
    made = sample()
    vacancies = [
        Vacancy(Slot("P1", "winner", 1), reason, "ab" * 32, ("a", "b"), "2026-12-20T10:00:00Z")
        for reason in (Reason.NO_REPLY,)
    ]
    text = json.dumps(made.certificate(vacancies=vacancies, more={"labels": []}))
    lines = findings(text)
    assert ["OK", "vacancies_good", {"count": "1", "said": "NO_REPLY 1"}] in lines
    assert page_script(text) == lines


def _swap(data: bytes, at: int) -> bytes:
    """Exchange a record with the next one."""
    return data[:at] + data[at + 57 : at + 114] + data[at : at + 57] + data[at + 114 :]


def _double(data: bytes, at: int) -> bytes:
    """Write a record over the next one."""
    return data[: at + 57] + data[at : at + 57] + data[at + 114 :]


ENTRIES_TAMPERINGS: dict[str, tuple[Callable[[bytes, int], bytes], str]] = {
    "truncated": (lambda data, _: data[:-57], "truncated"),
    "cut in a record": (lambda data, _: data[:-5], "truncated"),
    "longer": (lambda data, _: data + b"\0", "trailing"),
    "duplicate": (_double, "unsorted"),
    "unsorted": (_swap, "unsorted"),
    "another draw": (lambda data, _: data[:13] + bytes(16) + data[29:], "other_list"),
    "another count": (lambda data, _: data[:36] + bytes([data[36] - 1]) + data[37:], "other_list"),
    "something else": (lambda data, _: b"PK" + data[2:], ""),
}


@pytest.mark.parametrize("name", ENTRIES_TAMPERINGS)
def test_an_altered_list_is_found_by_both(page_script: PageScript, name: str) -> None:
    """Cut, lengthened, reordered, doubled or foreign lists do not pass."""
    change, code = ENTRIES_TAMPERINGS[name]
    made = sample()
    drawn = {step.leaf for step in made.drawing.steps}
    spare = next(n for n in range(len(made.records)) if not {n, n + 1} & drawn)
    text = json.dumps(made.certificate())
    entries = change(made.entries_file(), 37 + 57 * spare)
    assert faults(findings(text, entries)) == [code or "not_entries"]
    assert faults(page_script(text, entries)) == [code or "json"]


def test_a_list_with_another_weight_or_class_is_found(page_script: PageScript) -> None:
    """One bit of one record changes the root, and impossible records are named."""
    made = sample()
    text, entries = json.dumps(made.certificate()), made.entries_file()
    drawn = {step.leaf for step in made.drawing.steps}
    spare = next(index for index in range(len(made.records)) if index not in drawn)
    for offset, value in ((55, 7), (56, 9), (56, 3), (40, 1)):
        altered = bytearray(entries)
        altered[37 + 57 * spare + offset] ^= value
        wrong = faults(findings(text, bytes(altered)))
        assert wrong[0] in ("other_list", "record", "classes")
        assert faults(page_script(text, bytes(altered))) == wrong
    altered = bytearray(entries)
    altered[37 + 57 * next(iter(drawn)) + 40] ^= 1
    assert faults(findings(text, bytes(altered))) == ["other_record"]
    assert faults(page_script(text, bytes(altered))) == ["other_record"]


def test_an_entrant_finds_his_own_tickets(page_script: PageScript) -> None:
    """The private proof names the entrant, the tickets and the result; another identity fails."""
    made = sample()
    ticket = made.ticket("fan5")
    start = made.tree.starts[ticket["leaf"]]
    facts = {"first": start + 1, "last": start + 8, "weight": 8, "total": made.tree.total}
    text = json.dumps(ticket)
    lines = page_script(text)
    assert ["OK", "tickets_good", {key: str(value) for key, value in facts.items()}] in lines
    both = page_script(text, json.dumps(made.certificate()))
    assert faults(both) == []
    assert {"result_none", "result_drawn"} & {line[1] for line in both}
    other = copy.deepcopy(ticket)
    other["identity"]["member"] = "fan6"
    assert faults(page_script(json.dumps(other))) == ["tag"]
    elsewhere = MadeDraw(people(3), PRIZES).certificate()
    assert faults(page_script(text, json.dumps(elsewhere))) == ["other_draw"]
    assert "tickets_none" in [line[1] for line in page_script(json.dumps(made.ticket("robot")))]


def test_the_command_ends_with_nought_or_one(tmp_path: Path) -> None:
    """`python verify_draw.py CERTIFICATE.json` exits 0 when right, 1 when not, and never crashes."""
    made = sample()
    certificate, entries = tmp_path / "certificate.json", tmp_path / "entries.bin"
    certificate.write_text(json.dumps(made.certificate()), "utf-8")
    entries.write_bytes(made.entries_file())
    good = run_verifier(certificate)
    assert (good.returncode, good.stderr) == (0, "")
    assert "tout ce qui a été contrôlé est exact" in good.stdout
    assert "everything that was checked is right" in good.stdout
    assert "What was not checked" in good.stdout
    assert run_verifier("full", certificate, entries, "--lang", "en").returncode == 0
    assert run_verifier("light", certificate, "--code", "0000").returncode == 1
    document = made.certificate()
    document["draws"][0]["status"] = ["P2", "winner", 1]
    certificate.write_text(json.dumps(document))
    bad = run_verifier(certificate)
    assert (bad.returncode, bad.stderr) == (1, "")
    assert "does NOT prove a fair draw" in bad.stdout


def test_the_command_reads_tickets_and_rounds(tmp_path: Path) -> None:
    """The other two modes end the same way, and a call that means nothing ends with 2."""
    made = sample()
    ticket, certificate = tmp_path / "ticket.json", tmp_path / "certificate.json"
    ticket.write_text(json.dumps(made.ticket("fan3")))
    certificate.write_text(json.dumps(made.certificate()))
    assert run_verifier("ticket", ticket).returncode == 0
    both = run_verifier("ticket", ticket, certificate, "--lang", "fr")
    assert (both.returncode, "Cette participation est bien la vôtre" in both.stdout) == (0, True)
    assert run_verifier("beacon", ROUND, SIGNATURE).returncode == 0
    assert run_verifier("beacon", ROUND + 1, SIGNATURE).returncode == 1
    assert run_verifier("beacon", ROUND, "zz").returncode == 1
    for nonsense in ((), ("--lang",), ("a", "b", "c"), ("x.json", "--lang", "de"), ("--key", "1")):
        assert run_verifier(*nonsense).returncode == 2
    assert run_verifier(tmp_path / "missing.json").returncode == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"v":1}', b"\xef\xbb\xbf{}"],
)
def test_a_file_that_is_no_certificate_is_refused_quietly(
    page_script: PageScript, tmp_path: Path, content: bytes
) -> None:
    """No traceback, only a sentence."""
    path = tmp_path / "file"
    path.write_bytes(content)
    ended = run_verifier(path)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert faults(page_script(content))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.text(max_size=5),
    st.builds(list),
    st.builds(dict),
    st.just("00" * 32),
    st.sampled_from([0, 1, True, False, "0", "1"]),
    st.lists(st.integers(), max_size=2),
    st.just(1.5),
)


DOCUMENT = sample().certificate()
PLACES = places_in(DOCUMENT)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_fuzzed_certificates_never_crash_a_verifier(
    page_script: PageScript, data: st.DataObject
) -> None:
    """Junk anywhere in a certificate gives the same verdict twice, and never a traceback."""
    document = copy.deepcopy(DOCUMENT)
    for path in data.draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        *where, key = path
        place = document
        try:
            for step in where:
                place = place[step]
            place[key] = data.draw(JUNK)
        except (KeyError, IndexError, TypeError):
            continue
    text = json.dumps(document)
    ours, theirs = findings(text), page_script(text)
    assert bool(faults(ours)) == bool(faults(theirs)), (faults(ours), faults(theirs))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_damaged_files_never_crash_a_verifier(
    page_script: PageScript, at: int, junk: bytes
) -> None:
    """Bytes overwritten anywhere are refused or harmless, alike in both."""
    data = bytearray(json.dumps(DOCUMENT).encode())
    place = at % len(data)
    data[place : place + len(junk)] = junk
    theirs = faults(page_script(bytes(data)))
    try:
        ours = faults(findings(bytes(data).decode()))
    except UnicodeDecodeError:
        ours = ["json"]
    assert bool(ours) == bool(theirs)


def test_the_page_is_the_sum_of_its_parts() -> None:
    """verify.html is up to date, reaches nowhere, and carries the hashes of its own script."""
    page = verify_page.PAGE.read_text("utf-8")
    assert page == verify_page.build(), "run `flask draws page`"
    assert verify_page.policy() in page
    assert "default-src 'none'" in page
    for word in ("http://", "https://", "src=", "@import", "url(", "eval(", "fetch("):
        assert word not in page, word


def test_every_sentence_exists_in_both_languages_and_is_used() -> None:
    """French and English side by side, with the same facts, and none left over."""
    texts = load_verifier().TEXTS
    code = VERIFIER.read_text("utf-8")
    code = code[: code.index("TEXTS = {")] + code[code.index("USAGE = ") :]
    for key, (french, english) in texts.items():
        assert french != english
        assert set(_facts(french)) == set(_facts(english)), key
        stem = key.partition("_")[0]
        assert f'"{key}"' in code or f'"{stem}_' in code, f"nobody says {key}"


def _facts(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


def test_a_point_outside_the_subgroup_is_refused_by_both(page_script: PageScript) -> None:
    """A signature on the curve but outside the group of prime order is no signature."""
    document = sample().certificate()
    verifier = load_verifier()
    for x in range(1, 50):
        try:
            verifier.decompress(bytes([0x80]) + x.to_bytes(47, "big"), 1)
        except verifier.Wrong:
            square = (x**3 + 4) % verifier.P
            if verifier.root(square) is not None:
                break
    document["entropy"][0]["signature"] = "80" + x.to_bytes(47, "big").hex()
    text = json.dumps(document)
    assert faults(findings(text)) == ["beacon"]
    assert faults(page_script(text)) == ["beacon"]


def demo_draw(**more: Any) -> MadeDraw:
    """A draw whose chance comes from the demonstration's own beacon."""
    promise = PROMISE | {"chain": DEMO.hash}
    revealed = (promise | {"signature": sign(ROUND).hex()},)
    return MadeDraw(people(5), PRIZES, {"entropy": [promise], **more}, revealed=revealed)


def test_a_beacon_that_is_not_the_public_one_proves_nothing(page_script: PageScript) -> None:
    """A certificate of another network verifies at level D; its signature counts as unseen."""
    certificate = demo_draw().certificate()
    assert certificate["level"] == "D"
    text = json.dumps(certificate)
    lines = findings(text)
    told = {line[1]: line[0] for line in lines}
    assert faults(lines) == []
    assert (told["level_foreign"], told["open_foreign"]) == ("OK", "--")
    assert not {"beacon_good", "foreign_good", "level_D", "round_good"} & told.keys()
    assert page_script(text) == lines
    certificate["level"] = "A"
    text = json.dumps(certificate)
    assert faults(findings(text)) == faults(page_script(text)) == ["level"]


def test_a_foreign_network_lowers_every_company(page_script: PageScript) -> None:
    """Dice or a secret before the foreign beacon do not lift the draw above level D."""
    dice = {"type": "dice", "spec": "40d10"}
    promise = PROMISE | {"chain": DEMO.hash}
    revealed = (dice | {"rolls": "7" * 40}, promise | {"signature": sign(ROUND).hex()})
    made = MadeDraw(people(5), PRIZES, {"entropy": [dice, promise]}, revealed=revealed)
    text = json.dumps(made.certificate())
    lines = findings(text)
    assert (made.certificate()["level"], faults(lines)) == ("D", [])
    assert page_script(text) == lines


def test_a_key_given_by_the_user_checks_that_network(tmp_path: Path) -> None:
    """With --chain and --key the signature is checked, at level D; a key in the certificate counts for nothing."""
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(demo_draw().certificate()))
    plain = run_verifier(path, "--lang", "en")
    assert (plain.returncode, "a beacon that is not the public one" in plain.stdout) == (0, True)
    keyed = run_verifier(path, "--lang", "en", "--chain", DEMO.hash, "--key", DEMO.public_key)
    assert (keyed.returncode, "did sign round" in keyed.stdout) == (0, True)
    assert "Level D" in keyed.stdout
    for chain, key in ((DEMO.hash, QUICKNET.public_key), ("00" * 32, DEMO.public_key)):
        assert run_verifier(path, "--chain", chain, "--key", key).returncode == 1
    assert run_verifier(path, "--chain", "zz", "--key", DEMO.public_key).returncode == 2
    public = tmp_path / "public.json"
    public.write_text(json.dumps(sample().certificate()))
    ended = run_verifier(public, "--lang", "en", "--chain", QUICKNET.hash, "--key", DEMO.public_key)
    assert (ended.returncode, "Level A" in ended.stdout) == (0, True)
