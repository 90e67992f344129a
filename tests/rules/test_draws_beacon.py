"""The beacon: real rounds verify, nothing else does, in the server and in the plain verifier."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from masterapp.exact.drand import DST, QUICKNET, Chain, message_of
from masterapp.exact.faults import ProtocolError
from masterapp.fairness import beacon
from masterapp.fairness.beacon import BeaconUnavailable, accept, fetch, verifies
from tests.draws_kit import ROUND, ROUNDS, SIGNATURE, load_verifier

RFC_DST = b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"
RFC_X = "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1"
SECRET = Scalar(20261123)
OURS = Chain(
    name="ours",
    hash="11" * 32,
    public_key=(G2Point() * SECRET).to_compressed_bytes().hex(),
    period=3,
    genesis=1000,
    scheme=QUICKNET.scheme,
    relays=(),
)


def sign(round_number: int) -> bytes:
    """A signature of the beacon that only the tests have."""
    return (G1Point.hash_to_curve(message_of(round_number), DST) * SECRET).to_compressed_bytes()


def outside_the_subgroup() -> bytes:
    """A point that is on the curve and not in the group of prime order."""
    for x in range(1, 100):
        data = bytearray(x.to_bytes(48, "big"))
        data[0] |= 0x80
        try:
            point = G1Point.from_compressed_bytes_unchecked(bytes(data))
        except ValueError:
            continue
        if not point.is_in_subgroup():
            return bytes(data)
    raise AssertionError("no such point below 100")


def plain(signature: bytes, number: int, chain: Chain = QUICKNET) -> bool:
    """What verify_draw.py thinks of a signature."""
    found: bool = load_verifier().beacon_is_right(
        number, signature, bytes.fromhex(chain.public_key)
    )
    return found


@pytest.mark.parametrize("judge", [verifies, plain])
def test_published_rounds_verify_for_their_own_number_only(judge: type) -> None:
    """A signature is good for one round: neither its neighbour nor round zero accepts it."""
    for known in ROUNDS:
        signature = bytes.fromhex(known["signature"])
        assert judge(signature, known["round"])
        assert not judge(signature, known["round"] + 1)


@pytest.mark.parametrize("judge", [verifies, plain])
@pytest.mark.parametrize(
    "forged",
    [
        bytes(48),
        b"\xff" * 48,
        b"\xc0" + bytes(47),
        bytes.fromhex(SIGNATURE)[:-1] + b"\0",
        bytes([bytes.fromhex(SIGNATURE)[0] ^ 0x20]) + bytes.fromhex(SIGNATURE)[1:],
        outside_the_subgroup(),
        G1Point().to_compressed_bytes(),
    ],
    ids=["zeros", "ones", "infinity", "altered", "negated", "outside-subgroup", "generator"],
)
def test_forged_signatures_are_refused(judge: type, forged: bytes) -> None:
    """Malformed points, infinity, points outside the subgroup and other points do not pass."""
    assert not judge(forged, ROUND)


@pytest.mark.parametrize("judge", [verifies, plain])
def test_a_beacon_of_our_own_can_be_plugged_in(judge: type) -> None:
    """The chain is an argument: another key accepts its own rounds and refuses quicknet's."""
    assert judge(sign(7), 7, OURS)
    assert not judge(sign(7), 8, OURS)
    assert not judge(sign(7), 7)
    assert not judge(bytes.fromhex(SIGNATURE), ROUND, OURS)


def test_both_hash_to_the_curve_as_the_rfc_says() -> None:
    """RFC 9380, J.9.1, empty message."""
    assert G1Point.hash_to_curve(b"", RFC_DST).to_xy_bytes_be()[:48].hex() == RFC_X
    point = load_verifier().hash_to_curve(b"", RFC_DST)
    assert point[0][0].to_bytes(48, "big").hex() == RFC_X


@pytest.mark.parametrize("length", [1, 16, 100, 300])
def test_plain_hashing_agrees_with_the_library_on_other_messages(length: int) -> None:
    """The isogeny's constants are right everywhere, not only where the RFC looks."""
    message = bytes(range(256)) * 2
    x, y = load_verifier().hash_to_curve(message[:length], DST)
    ours = x[0].to_bytes(48, "big") + y[0].to_bytes(48, "big")
    assert G1Point.hash_to_curve(message[:length], DST).to_xy_bytes_be() == ours


@pytest.mark.parametrize(
    "pasted",
    [
        SIGNATURE,
        f"  0x{SIGNATURE.upper()}\n",
        f"{SIGNATURE[:40]} {SIGNATURE[40:70]}\r\n{SIGNATURE[70:]}",
        json.dumps({"round": ROUND, "signature": SIGNATURE}),
        json.dumps({"signature": SIGNATURE, "randomness": "whatever a relay says"}),
    ],
)
def test_a_pasted_signature_is_accepted_in_any_reasonable_form(pasted: str) -> None:
    """Spaces, line ends, capitals and a relay's whole answer do not matter."""
    accepted = accept(pasted, ROUND)
    assert accepted.signature.hex() == SIGNATURE
    assert accepted.randomness.hex() == ROUNDS[1]["randomness"]
    assert accepted.source()["chain"] == QUICKNET.hash


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("", "signature_text"),
        ("zz" * 48, "signature_text"),
        (SIGNATURE[:-2], "signature_text"),
        ("{", "signature_text"),
        ('{"signature":5}', "signature_text"),
        ("[" * 5000, "signature_text"),
        ('{"a":' * 3000, "signature_text"),
        (json.dumps({"round": ROUND + 1, "signature": SIGNATURE}), "round"),
        (ROUNDS[0]["signature"], "signature"),
    ],
)
def test_a_wrong_paste_is_refused_with_its_reason(pasted: str, code: str) -> None:
    """Text that is no signature, another round's, or nonsense is refused by a code."""
    with pytest.raises(ProtocolError) as refusal:
        accept(pasted, ROUND)
    assert refusal.value.code == code


class Relay(BaseHTTPRequestHandler):
    """A relay speaking the documented interface; its paths decide how honest it is."""

    answers: ClassVar[dict[str, tuple[int, bytes]]] = {}

    def do_GET(self) -> None:
        """Answer what the test has laid out, else 404."""
        status, body = self.answers.get(self.path, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests quiet."""


@pytest.fixture
def relay() -> Iterator[str]:
    """The address of a local relay."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Relay) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        Relay.answers = {}
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def body(number: int, signature: str) -> bytes:
    """A relay's answer."""
    return json.dumps({"round": number, "signature": signature}).encode()


V1 = f"/{QUICKNET.hash}/public/{ROUND}"
V2 = f"/v2/beacons/quicknet/rounds/{ROUND}"


@pytest.mark.parametrize("path", [V1, V2])
def test_a_round_is_fetched_in_either_version_of_the_interface(relay: str, path: str) -> None:
    """Relays speak the first version, the second, or both."""
    Relay.answers = {path: (200, body(ROUND, SIGNATURE))}
    assert fetch(ROUND, relays=[relay]).signature.hex() == SIGNATURE


def test_a_lying_relay_is_passed_over(relay: str) -> None:
    """The first answer that verifies is taken, whatever came before it."""
    for number, lie in enumerate(
        [b"", b"{", b"[]", body(ROUND, ROUNDS[0]["signature"]), body(42, SIGNATURE), b"\xff" * 50]
    ):
        Relay.answers[f"/liar{number}{V1}"] = (200, lie)
    Relay.answers[f"/moved{V1}"] = (302, b"")
    Relay.answers[f"/good{V1}"] = (200, body(ROUND, SIGNATURE))
    liars = [f"{relay}/liar{number}" for number in range(6)]
    silent = ["http://127.0.0.1:1", f"{relay}/moved"]
    assert fetch(ROUND, relays=[*silent, *liars, f"{relay}/good"]).number == ROUND


def test_when_nobody_answers_the_reasons_are_told(relay: str) -> None:
    """Every attempt is in the refusal, so that an operator can see what is blocked."""
    with pytest.raises(BeaconUnavailable) as refusal:
        fetch(ROUND, relays=[relay, "http://127.0.0.1:1"])
    assert len(refusal.value.reasons) == 4
    with pytest.raises(BeaconUnavailable, match="no relay"):
        fetch(ROUND, relays=[])


def test_a_slow_relay_does_not_hold_a_draw(relay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading is timed and short: an endless answer is cut at a few kilobytes."""
    Relay.answers = {V1: (200, b"x" * 1_000_000)}
    monkeypatch.setattr(beacon, "_LONGEST_ANSWER", 1000)
    with pytest.raises(BeaconUnavailable):
        fetch(ROUND, relays=[relay])
