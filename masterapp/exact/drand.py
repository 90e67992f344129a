"""The public beacon: the pinned constants of drand quicknet and the arithmetic of its rounds.

Source of the constants: the drand project's own client (drand-client, lib/defaults.ts).
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Chain:
    """A beacon chain whose every round is signed by one group key (unchained, G1 signatures)."""

    name: str
    hash: str
    public_key: str
    period: int
    genesis: int
    scheme: str
    relays: tuple[str, ...]

    def first_round_at(self, moment: int) -> int:
        """The first round emitted at or after a moment (whole seconds since 1970)."""
        return max(1, -((self.genesis - moment) // self.period) + 1)

    def time_of(self, round_number: int) -> int:
        """The second at which a round is emitted."""
        return self.genesis + self.period * (round_number - 1)


def message_of(round_number: int) -> bytes:
    """What the network signs for a round."""
    return hashlib.sha256(round_number.to_bytes(8, "big")).digest()


def randomness_of(signature: bytes) -> bytes:
    """The public value of a round: the hash of its one valid signature."""
    return hashlib.sha256(signature).digest()


DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
QUICKNET = Chain(
    name="quicknet",
    hash="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
        "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
        "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    period=3,
    genesis=1692803367,
    scheme="bls-unchained-g1-rfc9380",
    relays=(
        "https://api.drand.sh",
        "https://api2.drand.sh",
        "https://api3.drand.sh",
        "https://drand.cloudflare.com",
        "https://api.drand.secureweb3.com:6875",
    ),
)
