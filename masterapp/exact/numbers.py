"""Integers below a bound, exactly uniform, derived from a 32-byte seed (MVD1, "Integers").

A block is 256 bits of HMAC-SHA256; the few blocks above the largest multiple of the bound are
thrown away, so that no number is more likely than another.
"""

import hmac
from collections.abc import Callable

from masterapp.exact.faults import ProtocolError

Block = Callable[[bytes, str, int, int], int]
_WHOLE = 2**256


def block(seed: bytes, label: str, index: int, attempt: int) -> int:
    """The 256-bit integer number `attempt` at place `index` of the stream named `label`."""
    message = (
        b"MVD1/rng\0"
        + label.encode("ascii")
        + b"\0"
        + index.to_bytes(8, "big")
        + attempt.to_bytes(4, "big")
    )
    return int.from_bytes(hmac.digest(seed, message, "sha256"), "big")


def uniform(seed: bytes, label: str, index: int, bound: int, block: Block = block) -> int:
    """The integer in [0, bound) at place `index` of the stream `label`.

    `block` is an argument so that the rejection, which happens less than once in 2^192 times,
    can be seen to work.
    """
    if not 1 <= bound <= _WHOLE:
        raise ProtocolError("bound", "a number can only be drawn below a bound from 1 to 2^256")
    limit = _WHOLE - _WHOLE % bound
    attempt = 0
    while (found := block(seed, label, index, attempt)) >= limit:
        attempt += 1
    return found % bound
