"""The rules of an instant win: one try per move, the same odds everywhere, and nothing to be guessed beforehand."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from masterapp.sdk import Chance, Context, Fan, Points, Refused, TryToWin
from modules.instant_win import rules
from modules.instant_win.module import InstantWin
from modules.instant_win.starters import SCRATCH, SEAT, STARTERS, WHEEL

MODULE = InstantWin()
SEATS = st.fixed_dictionaries(
    {"block": st.integers(1, 8), "row": st.integers(1, 12), "seat": st.integers(1, 16)}
)
SEEDS = st.binary(min_size=16, max_size=16)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def loaded(starter: Any, **changes: Any) -> dict[str, Any]:
    """A starter's configuration with some changes, as the core keeps it."""
    return MODULE.config_schema().load({**starter.config, **changes})


def context(seed: bytes = b"seed", number: int = 1) -> Context:
    """A context at noon."""
    return Context(now=NOON, chance=Chance(seed), fan=Fan("fan"), play_number=number)


def move(choice: dict[str, int] | None = None) -> dict[str, Any]:
    """A move as the core hands it over."""
    return MODULE.move_schema().load({"play": True, "choice": choice})


def test_an_attempt_is_one_try_with_the_stated_consolation() -> None:
    """A move finishes the attempt and asks the core to try the pool once."""
    outcome = MODULE.play(loaded(SCRATCH, consolation=7), {}, move(), context())

    assert outcome.finished
    assert outcome.effects == (TryToWin("main", consolation=Points(7)),)


def test_no_consolation_when_the_marketer_gives_none() -> None:
    """Zero points are no effect at all."""
    outcome = MODULE.play(loaded(SCRATCH, consolation=0), {}, move(), context())

    assert outcome.effects == (TryToWin("main", consolation=None),)


@given(first=SEATS, second=SEATS, seed=SEEDS)
def test_every_seat_has_the_same_odds(first: Any, second: Any, seed: bytes) -> None:
    """Whatever seat is chosen, the core is asked for exactly the same."""
    config = loaded(SEAT)

    one = MODULE.play(config, {}, move(first), context(seed))
    other = MODULE.play(config, {}, move(second), context(seed))

    assert one.effects == other.effects
    assert one.state["last"]["choice"] == first


@given(seed=SEEDS)
def test_every_skin_has_the_same_odds(seed: bytes) -> None:
    """The three skins ask the core for exactly the same."""
    choice = {"block": 1, "row": 1, "seat": 1}
    asked = [
        MODULE.play(
            loaded(one, consolation=5), {}, move(choice if one is SEAT else None), context(seed)
        ).effects
        for one in STARTERS
    ]

    assert asked[0] == asked[1] == asked[2]


@given(seed=SEEDS)
def test_the_view_before_a_move_does_not_depend_on_its_chance(seed: bytes) -> None:
    """What the browser holds before a move is the same whatever will come of it."""
    for starter in STARTERS:
        config = loaded(starter)
        assert MODULE.view(config, {}, context(seed)) == MODULE.view(config, {}, context(b"other"))


@given(
    wins=st.lists(st.booleans(), min_size=4, max_size=12).filter(
        lambda wins: any(wins) and not all(wins)
    ),
    seed=SEEDS,
)
def test_the_wheel_can_stop_truthfully_in_both_cases(wins: list[bool], seed: bytes) -> None:
    """The winning stop is on a winning segment, the other on a losing one, and neither on a peg."""
    segments = [{"label": {"fr": "x"}, "wins": one} for one in wins]

    stop = rules.stops(segments, Chance(seed))

    assert wins[stop["won"]]
    assert not wins[stop["lost"]]
    assert 0 < rules.DRIFT.start <= stop["drift"] < rules.DRIFT.stop < 1000


def test_the_result_is_shown_again_after_a_reload() -> None:
    """The stored state alone gives the view that ended the attempt."""
    for starter in STARTERS:
        config = loaded(starter)
        choice = {"block": 2, "row": 3, "seat": 4} if starter is SEAT else None
        outcome = MODULE.play(config, {"plays": 2}, move(choice), context(number=3))

        assert MODULE.view(config, outcome.state, context(b"later")) == outcome.view
        assert outcome.view["plays"] == 3
        assert outcome.view["last"]["number"] == 3


@pytest.mark.parametrize(
    "choice",
    [
        None,
        {"block": 9, "row": 1, "seat": 1},
        {"block": 1, "row": 13, "seat": 1},
        {"block": 1, "row": 1, "seat": 17},
    ],
)
def test_a_seat_outside_the_stadium_is_refused(choice: dict[str, int] | None) -> None:
    """A seat that is missing or not in the plan uses no attempt."""
    with pytest.raises(Refused) as refusal:
        MODULE.play(loaded(SEAT), {}, move(choice), context())

    assert refusal.value.code == "invalid_move"


def test_only_the_stadium_takes_a_seat() -> None:
    """A seat sent with a card or a wheel is refused instead of being ignored."""
    for starter in (SCRATCH, WHEEL):
        with pytest.raises(Refused):
            MODULE.play(loaded(starter), {}, move({"block": 1, "row": 1, "seat": 1}), context())


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"play": False},
        {"play": "yes"},
        {"play": True, "win": True},
        {"play": True, "choice": {"block": 1, "row": 1}},
        {"play": True, "choice": {"block": 1, "row": 1, "seat": 1.5}},
        {"play": True, "choice": {"block": 0, "row": 1, "seat": 1}},
        {"play": True, "choice": [1, 1, 1]},
    ],
)
def test_a_tampered_move_does_not_load(sent: dict[str, Any]) -> None:
    """The move's schema refuses anything but a play and a whole seat."""
    with pytest.raises(ValidationError):
        MODULE.move_schema().load(sent)


def test_a_wheel_needs_segments_of_both_kinds() -> None:
    """A wheel that always or never wins, or has three segments, is refused with the field named."""
    win, lose = ({"label": {"fr": "x"}, "wins": wins} for wins in (True, False))

    for segments in ([win, lose, win], [win] * 4, [lose] * 4):
        assert "segments" in MODULE.check_config(loaded(WHEEL, segments=segments))
    assert MODULE.check_config(loaded(WHEEL, segments=[win, lose, lose, lose])) == {}


def test_a_stadium_needs_blocks() -> None:
    """A stadium with fewer than four blocks is refused with the field named."""
    assert "blocks" in MODULE.check_config(loaded(SEAT, blocks=[]))


def test_the_picture_is_kept() -> None:
    """The core is told which picture the configuration uses."""
    picture = "01890a5d-ac96-774b-bcce-b302099a8057"

    assert MODULE.assets(loaded(WHEEL, picture=picture)) == [picture]
    assert MODULE.assets(loaded(WHEEL)) == []
