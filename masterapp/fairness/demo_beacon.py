"""A beacon of the demo's own, for machines without a network and for tests: its key is public, so it proves nothing.

It signs exactly as drand's quicknet does; only its chain differs, and every document says so (level D).
"""

from __future__ import annotations

import hashlib

from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from masterapp.exact.drand import DST, QUICKNET, Chain, message_of

_KEY = Scalar(20_261_123)
_PUBLIC = (G2Point() * _KEY).to_compressed_bytes()

DEMO = Chain(
    name="demo",
    hash=hashlib.sha256(b"masterapp demo beacon" + _PUBLIC).hexdigest(),
    public_key=_PUBLIC.hex(),
    period=QUICKNET.period,
    genesis=QUICKNET.genesis,
    scheme=QUICKNET.scheme,
    relays=(),
)


def sign(number: int) -> bytes:
    """Return the signature of a round, 48 bytes."""
    return (G1Point.hash_to_curve(message_of(number), DST) * _KEY).to_compressed_bytes()
