"""Receipts: a signed promise to one entrant, against the sealed list, in the engine and both verifiers."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from masterapp.draws.protocol.receipt import Receipt, read_receipt
from masterapp.exact import canonical
from masterapp.exact.faults import ProtocolError
from tests.draws_kit import (
    DRAW_ID,
    Entrant,
    MadeDraw,
    PageScript,
    faults,
    load_verifier,
    run_verifier,
    told,
)

PageJobs = Callable[[dict[str, Any]], Any]
BRAND = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DICE = {"type": "dice", "spec": "40d10", "rolls": "0123456789" * 4}
PRIZES = [{"id": "P1", "qty": 1}]
ENTRANTS = [
    *(Entrant(f"fan{number}", number + 1) for number in range(9)),
    Entrant("robot", 0, kind=3),
]
MADE = MadeDraw(
    ENTRANTS, PRIZES, {"entropy": [{"type": "dice", "spec": "40d10"}]}, revealed=(DICE,)
)
CERTIFICATE, ENTRIES = json.dumps(MADE.certificate()), MADE.entries_file()


def signed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with a brand's key and signature, as `masterapp/fairness/signing.py` adds them."""
    keyed = document | {"key": BRAND.public_key().public_bytes_raw().hex()}
    return keyed | {"signature": BRAND.sign(canonical.encode(keyed)).hex()}


def receipt_of(name: str, **change: Any) -> dict[str, Any]:
    """The receipt of one entrant, with fields changed before it is signed."""
    one = next(entrant for entrant in [*ENTRANTS, Entrant("nobody")] if entrant.name == name)
    record = one.record()
    made = Receipt(
        DRAW_ID, 3, record.tag, one.salt, record.weight, record.entry_class, 1796122800, bytes(32)
    )
    return signed(made.document() | change)


def ours(
    receipt: dict[str, Any], other: dict[str, Any] | str | None = None, entries: bytes | None = None
) -> list[list[Any]]:
    """What verify_draw.py finds of a receipt beside other documents."""
    verifier = load_verifier()
    report = verifier.Report()
    beside = json.loads(other) if isinstance(other, str) else other
    file = None if entries is None else io.BytesIO(entries)
    try:
        read = verifier.parse(json.dumps(receipt))
        verifier.check_receipt_with(read, beside, file, report, {"earlier": []})
    except verifier.Wrong as wrong:
        report.bad(wrong.code, **wrong.facts)
    return told(report)


def theirs(
    page: PageScript, receipt: dict[str, Any], *others: dict[str, Any] | str | bytes
) -> list[list[Any]]:
    """What verify.html finds of the same."""
    files = [json.dumps(one) if isinstance(one, dict) else one for one in others]
    return page(json.dumps(receipt), *files)


def codes(lines: list[list[Any]]) -> set[str]:
    """The codes of all that was said."""
    return {line[1] for line in lines}


# ------------------------------------------------------------------ Ed25519

# RFC 8032, section 7.1: secret key, message, signature.
PUBLISHED = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


def both(page_jobs: PageJobs, key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether both verifiers take a signature, once they are seen to agree."""
    here = load_verifier().ed25519_is_right(key, message, signature)
    there = page_jobs({"ed25519": [key.hex(), message.hex(), signature.hex()]})
    assert here == there
    return bool(here)


@pytest.mark.parametrize(("secret", "message", "signature"), PUBLISHED)
def test_published_signatures_verify(
    page_jobs: PageJobs, secret: str, message: str, signature: str
) -> None:
    """The vectors of RFC 8032 verify in both, and with one bit changed in neither."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).public_key()
    parts = [key.public_bytes_raw(), bytes.fromhex(message), bytes.fromhex(signature)]
    assert both(page_jobs, parts[0], parts[1], parts[2])
    for at in (0, 31, 32, 60):
        wrong = bytearray(parts[2])
        wrong[at] ^= 1
        assert not both(page_jobs, parts[0], parts[1], bytes(wrong))
    assert not both(page_jobs, parts[0], parts[1] + b"!", parts[2])


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300))
def test_signatures_of_another_library_verify(
    page_jobs: PageJobs, secret: bytes, message: bytes
) -> None:
    """What `cryptography` signs, both accept; the same of another message, neither."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    key = private.public_key().public_bytes_raw()
    assert both(page_jobs, key, message, private.sign(message))
    assert not both(page_jobs, key, message, private.sign(message + b"x"))


def test_a_signature_has_one_form(page_jobs: PageJobs) -> None:
    """A scalar beyond the order, a coordinate beyond the field and points off the curve are refused."""
    order = load_verifier().ED_ORDER
    key, message = BRAND.public_key().public_bytes_raw(), b"hello"
    good = BRAND.sign(message)
    scalar = int.from_bytes(good[32:], "little") + order
    assert both(page_jobs, key, message, good)
    assert not both(page_jobs, key, message, good[:32] + scalar.to_bytes(32, "little"))
    nothing = bytes(32)
    one = (1).to_bytes(32, "little")
    beyond = (2**255 - 19 + 1).to_bytes(32, "little")
    odd_zero = (1 | 1 << 255).to_bytes(32, "little")
    off = next(
        number.to_bytes(32, "little")
        for number in range(2, 50)
        if not load_verifier().ed25519_is_right(number.to_bytes(32, "little"), b"", one + nothing)
    )
    assert both(page_jobs, one, message, one + nothing)  # the point of order one signs all
    for bad in (beyond, odd_zero, off):
        assert not both(page_jobs, bad, message, one + nothing)
        assert not both(page_jobs, one, message, bad + nothing)


# ------------------------------------------------------------------ the document


def test_a_receipt_says_what_the_entry_was() -> None:
    """What is written is read back, and a receipt that no entry could have is refused."""
    document = receipt_of("fan4")
    read = read_receipt(document)
    assert (read.draw_id, read.seq, read.weight, read.entry_class) == (DRAW_ID, 3, 5, 0)
    for change in (
        {"v": "MVD1-RECEIPT-2"},
        {"seq": True},
        {"seq": 0},
        {"weight": 5},
        {"weight": "05"},
        {"class": 3},
        {"class": 5},
        {"class": False},
        {"tag": "AB" * 32},
        {"ts": "2026-12-01"},
        {"draw_id": str(DRAW_ID).upper() + "0"},
        {"key": None},
        {"signature": "00"},
    ):
        with pytest.raises(ProtocolError):
            read_receipt(document | change)


def test_a_receipt_alone_shows_its_signature(page_script: PageScript) -> None:
    """Both check the signature and say that the key and the list were not looked at."""
    lines = ours(receipt_of("fan4"))
    assert codes(lines) == {"receipt_good", "open_key", "open_receipt"}
    assert theirs(page_script, receipt_of("fan4")) == lines


@pytest.mark.parametrize(
    "change",
    [{"weight": "50"}, {"seq": 4}, {"tag": "00" * 32}, {"extra": 1}, {"signature": "00" * 64}],
)
def test_an_altered_receipt_is_refused(page_script: PageScript, change: dict[str, Any]) -> None:
    """One field changed after signing, and the signature is another's."""
    document = receipt_of("fan4") | change
    assert faults(ours(document)) == faults(theirs(page_script, document)) == ["receipt_forged"]


@pytest.mark.parametrize(
    "change", [{"seq": True}, {"weight": 5}, {"class": None}, {"ts": "now"}, {"salt": "00"}]
)
def test_a_misshapen_receipt_is_refused(page_script: PageScript, change: dict[str, Any]) -> None:
    """Even signed, a receipt of another form is none."""
    document = receipt_of("fan4") | {}
    document = signed({k: v for k, v in document.items() if k not in ("key", "signature")} | change)
    assert faults(ours(document)) == faults(theirs(page_script, document)) == ["shape"]


# ------------------------------------------------------------------ against the list


@pytest.mark.parametrize(
    ("name", "change", "code", "wrong"),
    [
        ("fan4", {}, "receipt_same", False),
        ("fan4", {"weight": "3"}, "receipt_more", False),
        ("fan4", {"weight": "6"}, "receipt_less", True),
        ("robot", {"weight": "6", "class": 0}, "open_receipt_class", False),
        ("robot", {}, "receipt_same", False),
        ("nobody", {}, "receipt_missing", True),
    ],
)
def test_the_list_is_held_against_the_receipt(
    page_script: PageScript, name: str, change: dict[str, Any], code: str, wrong: bool
) -> None:
    """Tickets that are there, more, fewer, excluded or without any leaf: each has its sentence in both."""
    document = receipt_of(name, **change)
    lines = ours(document, CERTIFICATE, ENTRIES)
    assert code in codes(lines)
    assert bool(faults(lines)) == wrong
    found = theirs(page_script, document, CERTIFICATE, ENTRIES)
    assert found == lines


def test_every_entry_is_found_in_the_list(page_script: PageScript) -> None:
    """The search in the list finds each tag, the first and the last too."""
    for entrant in ENTRANTS:
        assert "receipt_same" in codes(ours(receipt_of(entrant.name), CERTIFICATE, ENTRIES))
        assert "receipt_same" in codes(
            theirs(page_script, receipt_of(entrant.name), CERTIFICATE, ENTRIES)
        )


def test_without_the_list_only_drawn_entries_are_seen(page_script: PageScript) -> None:
    """A certificate alone tells of its drawn leaves; of the others it says that the list is missing."""
    drawn = MADE.drawing.steps[0].record[:32]
    for entrant in ENTRANTS[:9]:
        document = receipt_of(entrant.name)
        lines = ours(document, CERTIFICATE)
        expected = "receipt_same" if entrant.record().tag == drawn else "open_receipt"
        assert expected in codes(lines)
        assert theirs(page_script, document, CERTIFICATE) == lines


def test_a_receipt_is_held_against_the_ticket(page_script: PageScript) -> None:
    """Beside the private proof the same entry is compared, another entry or draw is refused."""
    lines = ours(receipt_of("fan4"), MADE.ticket("fan4"))
    assert {"receipt_same", "tag_good"} <= codes(lines)
    assert theirs(page_script, receipt_of("fan4"), MADE.ticket("fan4")) == lines
    for document, ticket in (
        (receipt_of("fan5"), MADE.ticket("fan4")),
        (receipt_of("fan4", salt="00" * 32), MADE.ticket("fan4")),
        (receipt_of("fan4", draw_id=str(DRAW_ID).replace("2", "3")), MADE.ticket("fan4")),
    ):
        assert faults(ours(document, ticket)) == ["receipt_other"]
        assert faults(theirs(page_script, document, ticket)) == ["receipt_other"]


def test_the_command_checks_receipts(tmp_path: Path) -> None:
    """`verify_draw.py receipt …` ends with 0 when the list keeps the promise and with 1 when it does not."""
    contents = {
        "receipt.json": json.dumps(receipt_of("fan4")).encode(),
        "missing.json": json.dumps(receipt_of("nobody")).encode(),
        "ticket.json": json.dumps(MADE.ticket("fan4")).encode(),
        "certificate.json": CERTIFICATE.encode(),
        "entries.bin": ENTRIES,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    good, missing, ticket, certificate, entries = (tmp_path / name for name in contents)
    for words in ([good], [good, ticket], [good, certificate], [good, certificate, entries]):
        ended = run_verifier("receipt", *words)
        assert (ended.returncode, ended.stderr) == (0, "")
    ended = run_verifier("receipt", missing, certificate, entries, "--lang", "en")
    assert (ended.returncode, "it is the evidence" in ended.stdout) == (1, False)
    assert "is the evidence" in ended.stdout
    assert run_verifier("receipt", good, ticket, entries).returncode == 1
    assert run_verifier("receipt").returncode == 2


RECEIPT = receipt_of("fan4")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(RECEIPT)),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 2**53 - 1),
        st.sampled_from(["", "0", "1", "00" * 32, "00" * 64, "2026-12-01T12:00:00Z"]),
        st.builds(list),
        st.builds(dict),
    ),
    st.booleans(),
)
def test_junk_in_a_receipt_never_crashes_a_verifier(
    page_script: PageScript, name: str, junk: Any, again: bool
) -> None:
    """Junk in any field, signed again or not, gives the same findings twice and never a traceback."""
    document = RECEIPT | {name: junk}
    if again and name not in ("key", "signature"):
        document = signed({k: v for k, v in document.items() if k not in ("key", "signature")})
    found = theirs(page_script, document, CERTIFICATE, ENTRIES)
    if document.get("v") == "MVD1-RECEIPT-1":
        assert faults(ours(document, CERTIFICATE, ENTRIES)) == faults(found)
    else:
        assert faults(ours(document)) == ["version"]
        assert faults(found)
