"""Sealed winning moments: fixed by secret and beacon, shaped by traffic, opened one by one, rebuilt."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masterapp.exact.faults import ProtocolError
from masterapp.prizes.sealing import (
    Plan,
    SealedPrize,
    check_opening,
    check_revealed,
    master_of,
    open_leaf,
    read_plan,
    roll_over,
    root_of,
    schedule,
    secret_hash,
    shuffle,
)
from masterapp.prizes.traffic import (
    DEFAULT_PROFILE,
    HOUR_MS,
    HOURS,
    Traffic,
    profile_from_plays,
)

SECRET = bytes(range(32))
RANDOMNESS = bytes(range(32, 64))
MONDAY = 1_797_206_400_000  # Monday 14 December 2026, midnight UTC
DAY = 24 * HOUR_MS
# A plan's fingerprint, its sealed root, and its moments: see docs/fairness.md.
VECTOR = (
    "c0c0ce3c714182f94bec2af6706eac31de0c568a613d311336309e9c29a81938",
    "d8dd819b40935cae351de9d5948a58a5932948cd7524b7c6c8ab4f282b90ec41",
    [(0, 1797249421790, 2, "P1"), (1, 1798313764702, 7, "P2"), (2, 1799051103743, 0, "P2")],
)


def plan_of(*prizes: SealedPrize, **change: Any) -> Plan:
    """A plan of thirty days with the default profile."""
    plan = Plan(
        campaign="00000000-0000-4000-8000-000000000003",
        profile=DEFAULT_PROFILE,
        offset_minutes=60,
        jitter=8,
        prizes=prizes or (prize("P1", 3), prize("P2", 97)),
        secret_hash=secret_hash(SECRET),
        chain="11" * 32,
        round=5,
    )
    return replace(plan, **change)


def prize(name: str, quantity: int, first: int = 0, last: int = 30) -> SealedPrize:
    """A prize that can be won between two days of the campaign."""
    return SealedPrize(name, quantity, MONDAY + first * DAY, MONDAY + last * DAY)


def moments_of(plan: Plan) -> list[Any]:
    """The schedule of a plan."""
    return schedule(plan, master_of(plan, RANDOMNESS, SECRET))


def test_every_unit_has_its_moment_in_its_window() -> None:
    """As many moments per prize as units, each inside its window, with a bounded jitter."""
    plan = plan_of(prize("grand", 2, 0, 28), prize("small", 50), prize("late", 7, 20, 30))
    moments = moments_of(plan)
    assert Counter(m.prize for m in moments) == {"grand": 2, "small": 50, "late": 7}
    assert [m.j for m in moments] == list(range(59))
    windows = {p.id: (p.opens_ms, p.closes_ms) for p in plan.prizes}
    for moment in moments:
        opens, closes = windows[moment.prize]
        assert opens <= moment.t_ms < closes
        assert 0 <= moment.k < 8


def test_one_moment_falls_in_each_stratum_of_traffic() -> None:
    """The expected traffic between neighbouring borders holds exactly one prize: no drought."""
    plan = plan_of(prize("P", 100))
    traffic = Traffic.between(plan.profile, 60, MONDAY, MONDAY + 30 * DAY)
    for place, moment in enumerate(moments_of(plan)):
        low, high = place * traffic.mass // 100, (place + 1) * traffic.mass // 100
        # An instant stands for a whole millisecond of traffic, hence the border's weight.
        assert low - max(DEFAULT_PROFILE) <= traffic.before(moment.t_ms) < high


def test_a_night_sniper_gains_nothing() -> None:
    """Moments follow the crowd: the chance per play at half past five is that of nine at night."""
    plan = plan_of(prize("P", 20_000), offset_minutes=0)
    hours = Counter((m.t_ms // HOUR_MS) % 24 for m in moments_of(plan))
    plays: Counter[int] = Counter()
    for hour in range(30 * 24):
        plays[hour % 24] += DEFAULT_PROFILE[hour % HOURS]
    night = hours[5] * 1000 // plays[5]
    evening = hours[21] * 1000 // plays[21]
    assert 80 < 100 * night // evening < 125


def test_the_schedule_follows_from_all_three_ingredients() -> None:
    """Another secret, round or plan gives another schedule; the same ones the same."""
    plan = plan_of()
    first = moments_of(plan)
    assert moments_of(plan) == first
    assert schedule(plan, master_of(plan, bytes(32), SECRET)) != first
    other = replace(plan, secret_hash=secret_hash(bytes(32)))
    assert schedule(other, master_of(other, RANDOMNESS, bytes(32))) != first
    assert moments_of(replace(plan, campaign="another")) != first
    with pytest.raises(ProtocolError):
        master_of(plan, RANDOMNESS, bytes(32))


def test_each_win_opens_its_leaf_and_the_end_opens_everything() -> None:
    """Every opening leads to the root, and the revealed secret rebuilds the sealed schedule."""
    plan = plan_of(prize("P1", 3), prize("P2", 34))
    moments = moments_of(plan)
    leaves = [moment.leaf() for moment in moments]
    root = root_of(leaves)
    openings = [open_leaf(moment, leaves) for moment in moments]
    for opening, moment in zip(openings, moments, strict=True):
        assert check_opening(opening, 37, root) == moment
    assert check_revealed(plan, RANDOMNESS, SECRET, root, openings) == moments
    with pytest.raises(ProtocolError):
        check_revealed(replace(plan, jitter=9), RANDOMNESS, SECRET, root)


@settings(deadline=None)
@given(st.data())
def test_no_altered_opening_is_accepted(data: st.DataObject) -> None:
    """Time, jitter, prize, number, salt and path are all sealed."""
    count = data.draw(st.integers(1, 40))
    moments = moments_of(plan_of(prize("P", count)))
    leaves = [moment.leaf() for moment in moments]
    opening = open_leaf(moments[data.draw(st.integers(0, count - 1))], leaves)
    changes: list[dict[str, Any]] = [
        {"t_ms": opening["t_ms"] - 1},
        {"k": opening["k"] ^ 1},
        {"prize": "Q"},
        {"j": (opening["j"] + 1) % (count + 1)},
        {"j": -1},
        {"j": "0"},
        {"k": 2**16},
        {"salt": "00" * 32},
        {"path": [*opening["path"], "00" * 32]},
        {"path": None},
    ]
    if opening["path"]:
        changes += [{"path": opening["path"][1:]}, {"path": ["00" * 32] * len(opening["path"])}]
    for change in changes:
        with pytest.raises(ProtocolError):
            check_opening(opening | change, count, root_of(leaves))
    with pytest.raises(ProtocolError):
        check_opening({"salt": "00" * 32}, count, root_of(leaves))


def test_a_published_plan_is_read_back_exactly() -> None:
    """What is published says all and nothing more; its bytes are fixed for other programs."""
    plan = plan_of()
    assert read_plan(plan.document()) == plan
    for document in (
        plan.document() | {"more": 1},
        {},
        plan.document() | {"prizes": [{"id": "P"}]},
        plan.document() | {"beacon": {"chain": "x", "round": 1, "note": ""}},
    ):
        with pytest.raises(ProtocolError):
            read_plan(document)


def test_the_bytes_of_a_small_plan_are_those_of_the_published_document() -> None:
    """A vector: the specification quotes these hashes."""
    plan = plan_of(prize("P1", 1), prize("P2", 2))
    moments = moments_of(plan)
    root = root_of([moment.leaf() for moment in moments]).hex()
    assert (plan.hash().hex(), root, [moment[:4] for moment in moments]) == VECTOR


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"prizes": ()}, "prizes"),
        ({"prizes": (prize("P", 1), prize("P", 1))}, "prizes"),
        ({"prizes": (prize("P", 0),)}, "prizes"),
        ({"prizes": (prize("P", 2**20 + 1),)}, "prizes"),
        ({"prizes": (prize("P", 1, 3, 3),)}, "window"),
        ({"jitter": 0}, "jitter"),
        ({"profile": (0,) * 168}, "window"),
        ({"profile": (1,) * 167}, "profile"),
        ({"profile": (2**21,) * 168}, "profile"),
    ],
)
def test_impossible_plans_are_refused(change: dict[str, Any], code: str) -> None:
    """No prize, no window, no traffic: said before anything is sealed."""
    plan = replace(plan_of(), **change)
    with pytest.raises(ProtocolError) as refusal:
        schedule(plan, bytes(32))
    assert refusal.value.code == code


@settings(deadline=None)
@given(st.integers(0, 40 * DAY), st.integers(0, 255))
def test_an_untaken_moment_rolls_over_to_the_near_future(after: int, generation: int) -> None:
    """It comes back after now, within one prize's traffic, or goes to the second chance."""
    plan = plan_of(prize("P", 100))
    moment = moments_of(plan)[7]
    now = MONDAY + after
    again = roll_over(plan, SECRET, moment, generation, now)
    assert again == roll_over(plan, SECRET, moment, generation, now)
    if again is None:
        assert after > 28 * DAY
        return
    traffic = Traffic.between(plan.profile, plan.offset_minutes, MONDAY, MONDAY + 30 * DAY)
    assert now < again < MONDAY + 30 * DAY
    assert traffic.before(again) - traffic.before(now) <= traffic.mass // 100 + 2000


def test_the_shuffle_reaches_every_order_alike() -> None:
    """The six orders of three prizes come up equally often over 3,000 secrets."""
    seen: Counter[tuple[str, ...]] = Counter()
    for number in range(3000):
        units = ["a", "b", "c"]
        shuffle(units, number.to_bytes(32, "big"), 0)
        seen[tuple(units)] += 1
    assert len(seen) == 6
    assert min(seen.values()) > 400


def test_traffic_sums_are_exact_at_any_border() -> None:
    """Half hours, offsets and hours nobody plays are handled to the millisecond."""
    profile = tuple(0 if hour % 24 < 6 else hour % 5 + 1 for hour in range(HOURS))
    start, end = MONDAY + 1_234_567, MONDAY + 3 * DAY + 89
    traffic = Traffic.between(profile, -210, start, end)
    step = 777_777
    total = sum(
        profile[((at - 210 * 60_000) // HOUR_MS + 72) % HOURS] for at in range(start, end, step)
    )
    assert abs(traffic.mass - total * step) < 40 * HOUR_MS
    assert traffic.instant(0) >= start
    assert traffic.instant(traffic.mass - 1) == end - 1
    assert traffic.before(start) == 0
    assert traffic.before(start - 1) == 0
    assert traffic.before(end) == traffic.mass
    for part in range(0, traffic.mass, traffic.mass // 50):
        instant = traffic.instant(part)
        assert traffic.before(instant) <= part < traffic.before(instant + 1)
    with pytest.raises(ProtocolError):
        traffic.instant(traffic.mass)


def test_a_profile_is_made_of_the_plays_of_the_past() -> None:
    """Counts become weights, none of them zero, large counts scaled down."""
    assert profile_from_plays([0] * 167 + [9]) == (1,) * 167 + (10,)
    assert max(profile_from_plays([2**40] * 168)) <= 2**20
    assert len(DEFAULT_PROFILE) == HOURS
    with pytest.raises(ProtocolError):
        profile_from_plays([1] * 3)
