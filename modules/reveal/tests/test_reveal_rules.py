"""Rules of the reveal: how sharp the picture is, what a guess is worth, and what stays hidden."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masterapp.sdk import Chance, Context, Count, Outcome, Points, Refused, Totals, TryToWin
from modules.reveal import rules
from modules.reveal.module import Reveal

REVEAL = Reveal()
PICTURE = "00000000-0000-4000-8000-000000000001"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def config(**more: Any) -> dict[str, Any]:
    """A loaded configuration with four levels, at 0, 10, 100 and 1000 plays."""
    loaded = REVEAL.config_schema().load(
        {
            "question": "Who?",
            "picture": PICTURE,
            "answers": [
                {"text": {"fr": "Le Phare de l’Île", "en": "The Island Lighthouse"}},
                {"text": {"en": "lighthouse"}},
            ],
            "levels": [
                {"blocks": 6, "points": 100, "prize": True, "pool": "early"},
                {"blocks": 12, "crowd": 10, "points": 50, "reward": 5},
                {"blocks": 30, "crowd": 100, "points": 20, "reward": 15, "hint": "By the sea"},
                {"blocks": 0, "crowd": 1000, "points": 1},
            ],
            "own": [{"plays": 3}, {"plays": 5}],
            **more,
        }
    )
    assert REVEAL.check_config(loaded) == {}
    return dict(loaded)


class Game:
    """One fan in one reveal, whose crowd the test makes grow."""

    def __init__(self, reveal: Mapping[str, Any] | None = None, crowd: int = 0) -> None:
        self.config = reveal or config()
        self.state: Mapping[str, Any] = {}
        self.crowd = crowd
        self.number = 1

    def context(self) -> Context:
        return Context(
            now=NOW, chance=Chance(b""), play_number=self.number, totals={"plays": self.crowd}
        )

    def move(self, **move: Any) -> Outcome:
        loaded = REVEAL.move_schema().load(move)
        outcome = REVEAL.play(self.config, self.state, loaded, self.context())
        self.state = json.loads(json.dumps(outcome.state))
        self.crowd += sum(e.amount for e in outcome.effects if e == Count("plays"))
        self.number += outcome.finished
        assert json.loads(json.dumps(self.view())) == json.loads(json.dumps(outcome.view))
        return outcome

    def view(self) -> Mapping[str, Any]:
        return REVEAL.view(self.config, self.state, self.context())

    def blocks(self) -> int | None:
        """How many blocks the fan's picture shows."""
        blocks: int | None = self.view()["picture"]["$picture"]["blocks"]
        return blocks


@pytest.mark.parametrize(
    ("crowd", "blocks"), [(0, 6), (9, 6), (10, 12), (99, 12), (100, 30), (999, 30), (1000, None)]
)
def test_the_crowd_sharpens(crowd: int, blocks: int | None) -> None:
    """The picture is as sharp as the plays of all fans allow."""
    assert Game(crowd=crowd).blocks() == blocks


def test_own_plays_sharpen() -> None:
    """A fan's own plays add levels for that fan, and never more than there are."""
    game = Game()
    seen = []
    for _ in range(6):
        game.move(look=True)
        seen.append(game.blocks())
    assert seen == [6, 6, 12, 12, 30, 30]
    game.crowd = 100
    assert game.blocks() is None


def test_a_right_guess() -> None:
    """A right guess earns the points of the level it was made at, tries to win there, and shows everything."""
    game = Game()
    before = game.view()
    outcome = game.move(guess="  the island LIGHTHOUSE ")
    assert before["solved"] is None
    assert (outcome.finished, outcome.score) == (True, 100)
    assert outcome.effects == (Count("plays"), Count("found"), Points(100), TryToWin("early"))
    assert game.blocks() is None
    assert outcome.view["solved"]["points"] == 100


def test_the_level_that_was_seen_counts() -> None:
    """The play that brings the crowd to a new level is still worth the level its fan saw."""
    assert Game(crowd=9).move(guess="lighthouse").score == 100
    later = Game(crowd=10).move(guess="lighthouse")
    assert later.score == 50
    assert not any(isinstance(effect, TryToWin) for effect in later.effects)


@pytest.mark.parametrize(
    ("guess", "right"),
    [
        ("le phare de l'ile", True),
        ("Phare de l’Île", True),
        ("LIGHTHOUSE", True),
        ("the light-house!", True),
        ("lighthose", True),
        ("lihgthouse", True),
        ("litehouse", False),
        ("light", False),
        ("phare", False),
    ],
)
def test_spelling(guess: str, right: bool) -> None:
    """Accents, capitals, articles and a slip do not matter; another word does."""
    assert rules.is_right(config(), guess) is right
    assert rules.is_right(config(typos=0), "lighthose") is False


def test_wrong_guesses() -> None:
    """A wrong guess leaves the others; the last one ends the attempt with no points, and the next starts afresh."""
    game = Game(config(guesses=2))
    first = game.move(guess="a tower")
    assert (first.finished, first.score, first.view["guesses"]) == (False, None, 1)
    assert first.effects == (Count("plays"),)
    last = game.move(guess="a tree")
    assert (last.finished, last.score, last.effects) == (True, 0, ())
    assert game.view()["guesses"] == 2
    assert game.move(guess="a boat").effects == (Count("plays"),)


def test_a_look() -> None:
    """A look counts for the crowd once and ends the attempt; after a wrong guess it ends it too."""
    game = Game(config(guesses=3))
    assert game.move(look=True).finished
    game.move(guess="a tower")
    look = game.move(look=True)
    assert (look.finished, look.effects) == (True, ())
    assert game.crowd == 2


def test_crowd_rewards() -> None:
    """Each fan gets the reward of a level once, at the first play after the crowd has reached it."""
    game = Game(crowd=9)
    assert game.view()["reward"] == 5
    assert game.move(look=True).effects == (Count("plays"), Points(5))
    assert game.move(look=True).effects == (Count("plays"),)
    game.crowd = 500
    assert game.move(guess="no").effects == (Count("plays"), Points(15))
    late = Game(crowd=500)
    assert late.move(guess="lighthouse").effects[-1] == Points(40)


def test_found_is_found() -> None:
    """Who has found it is shown so for good, and cannot earn it twice."""
    game = Game()
    game.move(guess="lighthouse")
    for move in ({"guess": "lighthouse"}, {"look": True}):
        with pytest.raises(Refused) as refusal:
            game.move(**move)
        assert refusal.value.code == "invalid_move"


def test_progress() -> None:
    """The fan sees how far the crowd and they themselves are from the next step."""
    game = Game(crowd=40)
    game.move(look=True)
    view = game.view()
    assert view["crowd"] == {"plays": 41, "from": 10, "to": 100}
    assert view["own"] == {"plays": 1, "from": 0, "to": 3}
    game.crowd = 5000
    assert game.view()["crowd"] == {"plays": 5000, "from": 1000, "to": None}
    assert game.view()["reward"] == 0


def test_hints_come_with_the_levels() -> None:
    """A hint is shown from its level on."""
    assert Game(crowd=99).view()["hints"] == []
    assert len(Game(crowd=100).view()["hints"]) == 1
    assert len(Game(crowd=1000).view()["hints"]) == 1


@settings(deadline=None)
@given(
    crowd=st.integers(0, 999),
    moves=st.lists(
        st.one_of(
            st.just({"look": True}), st.builds(dict, guess=st.sampled_from(["tower", "x", "phare"]))
        ),
        max_size=12,
    ),
)
def test_nothing_given_away(crowd: int, moves: list[dict[str, Any]]) -> None:
    """Until it is found no view holds the answer, nor a picture sharper than the fan's level."""
    game = Game(config(guesses=2, own=[]), crowd=crowd)
    for move in moves:
        view = game.move(**move).view
        assert view["picture"]["$picture"]["blocks"] in (6, 12, 30, None)
        assert game.blocks() is None or "ighthouse" not in json.dumps(view)
        assert view["picture"]["$picture"]["blocks"] is not None or game.crowd >= 1000


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=120), max_size=5), st.integers(1, 10))
def test_any_guess(guesses: list[str], allowed: int) -> None:
    """Whatever is typed, a guess is right or wrong, and the crowd grows by one for each attempt."""
    game = Game(config(guesses=allowed))
    for guess in guesses:
        with suppress(Refused):
            game.move(guess=guess)
    assert game.crowd <= len(guesses)


@pytest.mark.parametrize(
    ("levels", "field"),
    [
        ([{"blocks": 6}, {"blocks": 12}], "levels.1.crowd"),
        ([{"blocks": 12}, {"blocks": 12, "crowd": 5}], "levels.1.blocks"),
        ([{"blocks": 6, "crowd": 1}, {"blocks": 12, "crowd": 5}], "levels.0.crowd"),
        ([{"blocks": 6}, {"blocks": 0, "crowd": 5}, {"blocks": 12, "crowd": 9}], "levels.2.blocks"),
    ],
)
def test_levels_that_do_not_sharpen(levels: list[dict[str, Any]], field: str) -> None:
    """Levels that do not go from coarse to sharp and from few plays to many are named by their place."""
    base = {"question": "?", "picture": PICTURE, "answers": [{"text": "x"}]}
    loaded = REVEAL.config_schema().load({**base, "levels": levels})
    assert set(REVEAL.check_config(loaded)) == {field}


def test_first_level_hides() -> None:
    """A first level that shows the whole picture leaves nothing to find."""
    levels = [{"blocks": 0}, {"blocks": 6, "crowd": 5}]
    base = {"question": "?", "picture": PICTURE, "answers": [{"text": "x"}]}
    loaded = REVEAL.config_schema().load({**base, "levels": levels})
    assert "levels.0.blocks" in REVEAL.check_config(loaded)


def test_summary() -> None:
    """The dashboard's line: plays, sharpness, who found it; nothing divides by zero."""
    totals = Totals(fans=40, counters={"plays": 120, "found": 10})
    assert [metric.value for metric in REVEAL.summarise(config(), totals)] == [120, "3/4", 10, 25.0]
    assert [metric.value for metric in REVEAL.summarise(config(), Totals())] == [0, "1/4", 0, 0]


def test_the_picture_is_kept() -> None:
    """The picture of a configuration is named, so that the core keeps it."""
    assert REVEAL.assets(config()) == [PICTURE]
