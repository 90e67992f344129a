"""The draw itself: slots in the declared order, one leaf removed at each step, nothing redrawn."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Literal, NamedTuple

from masterapp.draws.protocol.urn import SWITCH_AT, Urn
from masterapp.exact.numbers import uniform

Kind = Literal["winner", "alternate"]


class Prize(NamedTuple):
    """How many of one prize there are, and how many alternates stand by for it."""

    id: str
    quantity: int
    alternates: int = 0


class Slot(NamedTuple):
    """One place in the order of the draw; ranks count from 1 within a prize and kind."""

    prize: str
    kind: Kind
    rank: int


class Skip(NamedTuple):
    """A leaf that was drawn and could not take a slot."""

    word: Literal["skip"]
    reason: Literal["prior_winner", "same_group"]


class Step(NamedTuple):
    """One number drawn: where it fell and what became of the leaf."""

    place: int
    live: int
    number: int
    ticket: int
    leaf: int
    record: bytes
    status: Slot | Skip


class Drawing(NamedTuple):
    """Everything the seed decided."""

    steps: list[Step]
    unfilled: list[Slot]


def slots_of(prizes: Sequence[Prize]) -> list[Slot]:
    """All winner slots, prizes in their order, then all alternate slots in the same order."""
    winners = [
        Slot(prize.id, "winner", rank) for prize in prizes for rank in range(1, prize.quantity + 1)
    ]
    alternates = [
        Slot(prize.id, "alternate", rank)
        for prize in prizes
        for rank in range(1, prize.alternates + 1)
    ]
    return winners + alternates


def draw(
    seed: bytes,
    prizes: Sequence[Prize],
    max_per_group: int,
    starts: Sequence[int],
    record_at: Callable[[int], bytes],
    prior_groups: Collection[bytes] = frozenset(),
    switch_at: int = SWITCH_AT,
) -> Drawing:
    """Draw leaves until every slot is filled or no ticket is left.

    `starts` has one place more than there are leaves and ends with the number of tickets.
    """
    wanted = slots_of(prizes)
    urn = Urn(starts, switch_at)
    taken: Counter[bytes] = Counter()
    steps: list[Step] = []
    filled = 0
    while filled < len(wanted) and urn.live:
        live = urn.live
        number = uniform(seed, "order", len(steps), live)
        ticket, leaf = urn.take(number)
        record = record_at(leaf)
        group = record[32:48]
        status: Slot | Skip
        if group in prior_groups:
            status = Skip("skip", "prior_winner")
        elif taken[group] >= max_per_group:
            status = Skip("skip", "same_group")
        else:
            status = wanted[filled]
            taken[group] += 1
            filled += 1
        steps.append(Step(len(steps), live, number, ticket, leaf, record, status))
    return Drawing(steps, wanted[filled:])


def winning_groups(steps: Sequence[Step]) -> set[bytes]:
    """The groups that a later draw naming this one in `exclude_winners_of` passes over.

    Alternates do not count, whatever happens afterwards: the later draw must not depend on
    vacancies that may be decided weeks after it.
    """
    return {
        step.record[32:48]
        for step in steps
        if isinstance(step.status, Slot) and step.status.kind == "winner"
    }


def audit_sample(seed: bytes, total: int, size: int) -> list[int]:
    """The tickets (from 0, repeats allowed) whose entries an auditor opens to look for phantoms."""
    if not total:
        return []
    return [uniform(seed, "audit", index, total) for index in range(size)]
