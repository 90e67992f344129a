"""Sources of chance: announced, revealed, turned into bytes, and how far each can be trusted."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from masterapp.exact import canonical
from masterapp.exact.canonical import LARGEST_INTEGER, unhex
from masterapp.exact.drand import QUICKNET, randomness_of
from masterapp.exact.faults import ProtocolError

Source = Mapping[str, Any]
Level = Literal["A", "A+", "B", "C", "D"]

# Enough dice for 128 bits: 40 with ten faces or 50 with six.
_DICE = {"10": (40, "0-9"), "6": (50, "1-6")}
_SPEC = re.compile(r"[1-9][0-9]{1,3}d(?:10|6)")
_WORD = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
_NUMBERS = re.compile(r"[0-9]{2}(?:-[0-9]{2})*(?: [0-9]{2}(?:-[0-9]{2})*)*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_announced(sources: Sequence[Source]) -> Level:
    """Check the sources a commitment announces; return the level they can reach."""
    if not 1 <= len(sources) <= 255:
        raise ProtocolError("entropy_count", "a draw announces between 1 and 255 sources")
    kinds = [source.get("type") for source in sources]
    for source, kind in zip(sources, kinds, strict=True):
        if kind not in _ANNOUNCED:
            raise ProtocolError("entropy_type", f"no source of chance called {kind!r}")
        _ANNOUNCED[kind](source)
    if "drand" in kinds[:-1]:
        raise ProtocolError("entropy_order", "the drand round comes last and only once")
    if "local" in kinds or (kinds[-1] == "drand" and sources[-1]["chain"] != QUICKNET.hash):
        return "D"  # a network of somebody's own proves nothing to strangers
    if "secret" in kinds:
        return "C"
    if kinds[-1] == "drand":
        return "A" if len(kinds) == 1 else "A+"
    if "dice" in kinds:
        return "B"
    raise ProtocolError("entropy_weak", "a lottery or NIST result needs drand or dice beside it")


def check_revealed(announced: Sequence[Source], revealed: Sequence[Source]) -> None:
    """Refuse revealed sources that are not, word for word and in order, the announced ones."""
    if len(announced) != len(revealed):
        raise ProtocolError("entropy_other", "other sources were announced")
    for promise, fact in zip(announced, revealed, strict=True):
        # Compared as canonical JSON, where true is not 1 and null is not an absent field.
        if any(
            key not in fact or canonical.encode(fact[key]) != canonical.encode(value)
            for key, value in promise.items()
        ):
            raise ProtocolError("entropy_other", "a revealed source is not the announced one")


def encode(source: Source) -> bytes:
    """The bytes that a revealed source contributes to the seed."""
    kind = source.get("type")
    if kind not in _ENCODED:
        raise ProtocolError("entropy_type", f"no source of chance called {kind!r}")
    _ANNOUNCED[kind](source)
    return _ENCODED[kind](source)


def seed_of(commit_hash: bytes, revealed: Sequence[Source]) -> bytes:
    """The 32-byte seed of the draw, from the commitment and the revealed sources in order."""
    body = b"MVD1/seed\0" + commit_hash + len(revealed).to_bytes(1, "big")
    for source in revealed:
        part = encode(source)
        body += len(part).to_bytes(2, "big") + part
    return hashlib.sha256(body).digest()


def secret_hash(secret: bytes) -> str:
    """What is announced of an operator's secret before it is revealed."""
    return hashlib.sha256(b"MVD1/secret\0" + secret).hexdigest()


def _whole(source: Source, key: str, least: int) -> int:
    value = source.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ProtocolError("entropy_shape", f"{key} is not a whole number")
    if not least <= value <= LARGEST_INTEGER:
        raise ProtocolError("entropy_shape", f"{key} is out of range")
    return value


def _text(source: Source, key: str, pattern: re.Pattern[str]) -> str:
    value = source.get(key)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ProtocolError("entropy_shape", f"{key} is not written as the specification asks")
    return value


def _announce_drand(source: Source) -> None:
    unhex(source.get("chain"), 32)
    _whole(source, "round", 1)


def _dice(source: Source) -> tuple[int, str]:
    digits, _, faces = _text(source, "spec", _SPEC).partition("d")
    count, (least, marks) = int(digits), _DICE[faces]
    if count < least:
        raise ProtocolError("entropy_weak", f"at least {least} such dice are needed")
    return count, marks


def _announce_lottery(source: Source) -> None:
    _text(source, "game", _WORD)
    _text(source, "date", _DATE)


def _announce_nist(source: Source) -> None:
    _whole(source, "chain", 0)
    _whole(source, "pulse", 0)


def _encode_drand(source: Source) -> bytes:
    if "signature" in source:
        randomness = randomness_of(unhex(source["signature"], 48))
        if source.get("randomness", randomness.hex()) != randomness.hex():
            raise ProtocolError("entropy_shape", "randomness is not the hash of the signature")
    else:
        raise ProtocolError("entropy_shape", "the round's signature is missing")
    return int(source["round"]).to_bytes(8, "big") + randomness


def _encode_dice(source: Source) -> bytes:
    count, marks = _dice(source)
    return _text(source, "rolls", re.compile(rf"[{marks}]{{{count}}}")).encode("ascii")


def _encode_lottery(source: Source) -> bytes:
    numbers = _text(source, "numbers", _NUMBERS)
    return f"{source['game']} {source['date']} {numbers}".encode("ascii")


def _encode_nist(source: Source) -> bytes:
    output = unhex(source.get("output"), 64)
    chain, pulse = _whole(source, "chain", 0), _whole(source, "pulse", 0)
    return chain.to_bytes(8, "big") + pulse.to_bytes(8, "big") + output


def _encode_secret(source: Source) -> bytes:
    secret = unhex(source.get("secret"), 32)
    if secret_hash(secret) != source.get("hash"):
        raise ProtocolError("entropy_other", "the secret is not the one that was announced")
    return secret


_ANNOUNCED: dict[str, Callable[[Source], object]] = {
    "drand": _announce_drand,
    "dice": _dice,
    "lottery": _announce_lottery,
    "nist": _announce_nist,
    "secret": lambda source: unhex(source.get("hash"), 32),
    "local": bool,
}
_ENCODED: dict[str, Callable[[Source], bytes]] = {
    "drand": _encode_drand,
    "dice": _encode_dice,
    "lottery": _encode_lottery,
    "nist": _encode_nist,
    "secret": _encode_secret,
    "local": lambda source: unhex(source.get("value"), 32),
}
