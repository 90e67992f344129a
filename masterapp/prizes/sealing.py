"""Sealed winning moments (IWS1): a schedule nobody could choose, committed before the game opens.

The operator's secret and a later beacon round fix every moment; a Merkle root seals them; each win
opens its leaf; at the end the secret is published and anybody rebuilds the whole schedule. The
published specification is docs/fairness.md, "Sealed instant wins".
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from masterapp.exact import canonical
from masterapp.exact.canonical import unhex
from masterapp.exact.faults import ProtocolError
from masterapp.exact.numbers import uniform
from masterapp.prizes.traffic import Traffic

VERSION = "IWS1"
MOST_MOMENTS = 2**20
LARGEST_JITTER = 2**16
_WHOLE = 2**64


@dataclass(frozen=True)
class SealedPrize:
    """So many units of a prize, to be won between two instants (milliseconds since 1970)."""

    id: str
    quantity: int
    opens_ms: int
    closes_ms: int


@dataclass(frozen=True)
class Plan:
    """Everything published when the schedule is committed, before the beacon round exists."""

    campaign: str
    profile: tuple[int, ...]
    offset_minutes: int
    jitter: int
    prizes: tuple[SealedPrize, ...]
    secret_hash: str
    chain: str
    round: int

    def document(self) -> dict[str, Any]:
        """The plan as published."""
        return {
            "v": VERSION,
            "campaign": self.campaign,
            "profile": list(self.profile),
            "offset_minutes": self.offset_minutes,
            "jitter": self.jitter,
            "prizes": [
                {
                    "id": prize.id,
                    "qty": prize.quantity,
                    "opens_ms": prize.opens_ms,
                    "closes_ms": prize.closes_ms,
                }
                for prize in self.prizes
            ],
            "secret_hash": self.secret_hash,
            "beacon": {"chain": self.chain, "round": self.round},
        }

    def hash(self) -> bytes:
        """The fingerprint of the plan."""
        return hashlib.sha256(b"IWS1/params\0" + canonical.encode(self.document())).digest()


class Moment(NamedTuple):
    """From `t_ms` on, the eligible play number `k` + 1 wins one unit of the prize."""

    j: int
    t_ms: int
    k: int
    prize: str
    salt: bytes

    def leaf(self) -> bytes:
        """The hash that stands for the moment in the sealed tree."""
        prize = self.prize.encode("utf-8")
        return hashlib.sha256(
            b"\0"
            + self.j.to_bytes(4, "big")
            + self.t_ms.to_bytes(8, "big")
            + self.k.to_bytes(2, "big")
            + len(prize).to_bytes(2, "big")
            + prize
            + self.salt
        ).digest()


def secret_hash(secret: bytes) -> str:
    """What the plan says of the secret."""
    if len(secret) != 32:
        raise ProtocolError("secret", "the secret has 32 bytes")
    return hashlib.sha256(b"IWS1/secret\0" + secret).hexdigest()


def read_plan(document: Mapping[str, Any]) -> Plan:
    """Read a published plan; whatever does not write itself back alike is refused."""
    try:
        plan = Plan(
            document["campaign"],
            tuple(document["profile"]),
            document["offset_minutes"],
            document["jitter"],
            tuple(
                SealedPrize(one["id"], one["qty"], one["opens_ms"], one["closes_ms"])
                for one in document["prizes"]
            ),
            document["secret_hash"],
            document["beacon"]["chain"],
            document["beacon"]["round"],
        )
    except (KeyError, TypeError) as fault:
        raise ProtocolError("plan", "a field of the plan is missing") from fault
    if canonical.encode(plan.document()) != canonical.encode(document):
        raise ProtocolError("plan", "the plan says more or else than the specification allows")
    return plan


def master_of(plan: Plan, randomness: bytes, secret: bytes) -> bytes:
    """What every moment follows from: known once the secret and the beacon's round are."""
    if secret_hash(secret) != plan.secret_hash or len(randomness) != 32:
        raise ProtocolError("secret", "this is not the secret that was committed")
    return hashlib.sha256(b"IWS1/seed\0" + plan.hash() + randomness + secret).digest()


def schedule(plan: Plan, master: bytes) -> list[Moment]:
    """All moments in the order of their numbers: prizes of one window share their strata."""
    _check(plan)
    moments: list[Moment] = []
    for (opens, closes), units in _windows(plan.prizes).items():
        traffic = Traffic.between(plan.profile, plan.offset_minutes, opens, closes)
        first, count = len(moments), len(units)
        shuffle(units, master, first)
        for place, prize in enumerate(units):
            j = first + place
            inside = uniform(master, "moment", j, _WHOLE)
            part = (place * _WHOLE + inside) * traffic.mass // (count * _WHOLE)
            jitter = uniform(master, "jitter", j, plan.jitter)
            salt = hmac.digest(master, b"IWS1/salt\0" + j.to_bytes(4, "big"), "sha256")
            moments.append(Moment(j, traffic.instant(part), jitter, prize, salt))
    return moments


def shuffle(units: list[str], master: bytes, first: int) -> None:
    """Fisher and Yates's shuffle, in place, with exactly uniform integers."""
    for place in range(len(units) - 1, 0, -1):
        other = uniform(master, "prizes", first + place, place + 1)
        units[place], units[other] = units[other], units[place]


class Tree:
    """The sealed tree over the moments' leaves, which opens as many of them as are asked for."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = _levels(leaves)

    @property
    def root(self) -> bytes:
        """The sealed root, which also fixes the number of moments."""
        count = len(self._levels[0]).to_bytes(4, "big")
        return hashlib.sha256(b"IWS1/root\0" + count + self._levels[-1][0]).digest()

    def open(self, moment: Moment) -> dict[str, Any]:
        """What is published when a moment is won: the moment and its way to the root."""
        path, at = [], moment.j
        for row in self._levels:
            if at ^ 1 < len(row):
                path.append(row[at ^ 1].hex())
            at >>= 1
        return {
            "j": moment.j,
            "t_ms": moment.t_ms,
            "k": moment.k,
            "prize": moment.prize,
            "salt": moment.salt.hex(),
            "path": path,
        }


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The sealed root of these leaves."""
    return Tree(leaves).root


def open_leaf(moment: Moment, leaves: Sequence[bytes]) -> dict[str, Any]:
    """The opening of one moment."""
    return Tree(leaves).open(moment)


def check_opening(opening: Mapping[str, Any], count: int, root: bytes) -> Moment:
    """The moment of an opening, once shown to be one of the sealed ones."""
    try:
        salt = unhex(opening["salt"], 32)
        moment = Moment(opening["j"], opening["t_ms"], opening["k"], opening["prize"], salt)
        here, at, size = moment.leaf(), moment.j, count
        steps = [unhex(step, 32) for step in opening["path"]]
    except (KeyError, TypeError, AttributeError, OverflowError) as fault:
        raise ProtocolError("opening", "the opening is not well formed") from fault
    if not 0 <= at < count:
        raise ProtocolError("opening", "there is no such moment")
    while size > 1 and (steps or at ^ 1 >= size):
        if at ^ 1 < size:
            other = steps.pop(0)
            here = _join(other, here) if at & 1 else _join(here, other)
        at, size = at >> 1, (size + 1) >> 1
    head = b"IWS1/root\0" + count.to_bytes(4, "big")
    if size > 1 or steps or hashlib.sha256(head + here).digest() != root:
        raise ProtocolError("opening", "the moment is not one of the sealed ones")
    return moment


def check_revealed(
    plan: Plan,
    randomness: bytes,
    secret: bytes,
    root: bytes,
    openings: Iterable[Mapping[str, Any]] = (),
) -> list[Moment]:
    """Rebuild the schedule from the revealed secret; it must be the sealed one, wins included."""
    moments = schedule(plan, master_of(plan, randomness, secret))
    if root_of([moment.leaf() for moment in moments]) != root:
        raise ProtocolError("root", "the revealed secret gives another schedule")
    for opening in openings:
        won = check_opening(opening, len(moments), root)
        if moments[won.j] != won:
            raise ProtocolError("opening", "a moment that was won is not the scheduled one")
    return moments


def roll_over(
    plan: Plan, secret: bytes, moment: Moment, generation: int, now_ms: int
) -> int | None:
    """The next instant of a moment that nobody took, or None when its window has no room left.

    It falls in the stretch of one prize's expected traffic that follows `now_ms`.
    """
    prize = next(prize for prize in plan.prizes if prize.id == moment.prize)
    window = (prize.opens_ms, prize.closes_ms)
    if now_ms >= prize.closes_ms:
        return None
    traffic = Traffic.between(plan.profile, plan.offset_minutes, *window)
    stretch = -(-traffic.mass // len(_windows(plan.prizes)[window]))
    label = b"IWS1/roll\0" + moment.j.to_bytes(4, "big") + generation.to_bytes(1, "big")
    inside = int.from_bytes(hmac.digest(secret, label, "sha256")[:8], "big")
    # One further at least: an instant that has passed is not offered a second time.
    part = traffic.before(now_ms + 1) + inside * stretch // _WHOLE
    return traffic.instant(part) if part < traffic.mass else None


def _windows(prizes: Sequence[SealedPrize]) -> dict[tuple[int, int], list[str]]:
    """The units of each window, windows and prizes in the order of the plan."""
    found: dict[tuple[int, int], list[str]] = {}
    for prize in prizes:
        units = found.setdefault((prize.opens_ms, prize.closes_ms), [])
        units.extend([prize.id] * prize.quantity)
    return found


def _check(plan: Plan) -> None:
    ids = {prize.id for prize in plan.prizes}
    if not ids or len(ids) != len(plan.prizes) or min(p.quantity for p in plan.prizes) < 1:
        raise ProtocolError("prizes", "a plan has prizes, each once and with at least one unit")
    if sum(prize.quantity for prize in plan.prizes) > MOST_MOMENTS:
        raise ProtocolError("prizes", f"a plan has at most {MOST_MOMENTS} moments")
    if not 1 <= plan.jitter <= LARGEST_JITTER:
        raise ProtocolError("jitter", "the jitter is a number of plays from 1 to 65,536")


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The levels of the tree; a last odd node goes up unchanged, as in RFC 9162."""
    rows = [list(leaves)]
    while len(rows[-1]) > 1:
        row = rows[-1]
        above = [_join(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        rows.append(above + row[len(row) - len(row) % 2 :])
    return rows
