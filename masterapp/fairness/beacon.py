"""The beacon at work: a round is fetched or pasted, and believed only if its signature verifies.

Where a signature comes from does not matter: it is checked against the group key pinned in
`masterapp/exact/drand.py`, so relays and the person who pastes need not be trusted.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import requests
from flask import current_app
from py_arkworks_bls12381 import GT, G1Point, G2Point

from masterapp.exact.drand import DST, QUICKNET, Chain, message_of, randomness_of
from masterapp.exact.faults import ProtocolError
from masterapp.fairness.demo_beacon import DEMO, sign

# G2 generator of BLS12-381 in compressed form (draft-irtf-cfrg-pairing-friendly-curves, 4.2.1).
_G2 = G2Point()
_LONGEST_ANSWER = 10_000
_HEX = re.compile(r"[0-9a-f]{96}")


class BeaconUnavailable(Exception):
    """No relay gave a round that verifies; the reasons are kept, one per attempt."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons) or "no relay is configured")
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Round:
    """A round whose signature has been verified."""

    chain: str
    number: int
    signature: bytes

    @property
    def randomness(self) -> bytes:
        """The public value of the round."""
        return randomness_of(self.signature)

    def source(self) -> dict[str, object]:
        """The round as a revealed source of a draw."""
        return {
            "type": "drand",
            "chain": self.chain,
            "round": self.number,
            "signature": self.signature.hex(),
            "randomness": self.randomness.hex(),
        }


def current_chain() -> Chain:
    """The chain that this installation's promises name: quicknet, or the demo's own by setting."""
    return DEMO if current_app.config["SETTINGS"].beacon == "demo" else QUICKNET


def obtain(number: int, *, at: datetime, chain: Chain | None = None) -> Round:
    """The round, from the relays of the settings. Raises ``BeaconUnavailable`` with the reasons.

    A round that is due later than *at* by our clock is asked for as well: whoever has it proves our clock wrong.
    """
    chain = chain or current_chain()
    if chain == DEMO:
        if at.timestamp() < chain.time_of(number):
            raise BeaconUnavailable(["the demo's beacon has not reached this round"])
        return Round(chain.hash, number, sign(number))
    return fetch(number, chain, current_app.config["SETTINGS"].relays)


def is_out_already(number: int, *, at: datetime, chain: Chain | None = None) -> bool:
    """Whether a round due after *at* is already out: then our clock is late. False when nobody answers."""
    try:
        obtain(number, at=at, chain=chain)
    except BeaconUnavailable:
        return False
    return True


def chain_of(chain_hash: str) -> Chain:
    """The known chain of this hash. Raises ``ProtocolError`` for another one."""
    for chain in (QUICKNET, DEMO):
        if chain.hash == chain_hash:
            return chain
    raise ProtocolError("chain", "this beacon network is not known")


def verifies(signature: bytes, number: int, chain: Chain = QUICKNET) -> bool:
    """Whether a signature is the one of that round: e(signature, g2) = e(hash of round, key)."""
    if number < 1:
        return False
    try:
        point = G1Point.from_compressed_bytes(signature)
        key = G2Point.from_compressed_bytes(bytes.fromhex(chain.public_key))
    except (ValueError, TypeError):
        return False
    if point == G1Point.identity() or key == G2Point.identity():
        return False
    message = G1Point.hash_to_curve(message_of(number), DST)
    return GT.pairing_check([-point, message], [_G2, key])


def accept(text: str, number: int, chain: Chain = QUICKNET) -> Round:
    """Accept a pasted signature, or a relay's whole JSON answer, if it verifies for the round."""
    signature = read_signature(text, number)
    if not verifies(signature, number, chain):
        raise ProtocolError("signature", f"this is not the signature of round {number}")
    return Round(chain.hash, number, signature)


def read_signature(text: str, number: int) -> bytes:
    """Find the 96 hexadecimal characters in what was pasted; spaces and line ends do not count."""
    pasted = text.strip()
    if pasted.startswith("{"):
        try:
            answer = json.loads(pasted[:_LONGEST_ANSWER])
        except (ValueError, RecursionError) as fault:
            raise ProtocolError("signature_text", "the pasted JSON is not well-formed") from fault
        if answer.get("round", number) != number:
            raise ProtocolError("round", f"this is round {answer['round']}, not round {number}")
        pasted = str(answer.get("signature", ""))
    found = re.sub(r"\s+", "", pasted).lower().removeprefix("0x")
    if not _HEX.fullmatch(found):
        raise ProtocolError("signature_text", "a signature has 96 hexadecimal characters")
    return bytes.fromhex(found)


def fetch(
    number: int,
    chain: Chain = QUICKNET,
    relays: Sequence[str] | None = None,
    timeout: tuple[int, int] = (3, 5),
    session: requests.Session | None = None,
) -> Round:
    """Ask the relays one after the other; return the first answer that verifies."""
    reasons = []
    with session or requests.Session() as client:
        for relay in chain.relays if relays is None else relays:
            for url in addresses(relay, number, chain):
                try:
                    return accept(_read(client, url, timeout), number, chain)
                except (requests.RequestException, ProtocolError) as fault:
                    reasons.append(f"{url}: {fault}")
    raise BeaconUnavailable(reasons)


def addresses(relay: str, number: int, chain: Chain) -> list[str]:
    """Where a relay may hold a round (docs.drand.love, HTTP API, versions 1 and 2)."""
    base = relay.rstrip("/")
    return [
        f"{base}/{chain.hash}/public/{number}",
        f"{base}/v2/beacons/{chain.name}/rounds/{number}",
    ]


def _read(client: requests.Session, url: str, timeout: tuple[int, int]) -> str:
    """The text of an answer, read no further than a round can be long."""
    with client.get(url, timeout=timeout, stream=True, allow_redirects=False) as answer:
        if answer.status_code != 200:
            raise requests.HTTPError(f"answered {answer.status_code}")
        return answer.raw.read(_LONGEST_ANSWER, decode_content=True).decode("utf-8", "replace")
