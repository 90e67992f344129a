"""The rules of loyalty: tiers only go up, and a mission pays once, when it is done."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from masterapp.sdk import Activity, Chance, Context, Count, Fan, Points, PointsFact, Refused
from modules.loyalty import rules
from modules.loyalty.module import Loyalty
from modules.loyalty.starters import CLUB

MODULE = Loyalty()
QUIZZES = "plays:quiz:always:3"
COUNTS = st.dictionaries(
    st.sampled_from(["quiz", "reveal", "loyalty", "coupon"]), st.integers(0, 9)
)
ACTIVITIES = st.builds(
    Activity,
    plays=COUNTS,
    campaign_plays=COUNTS,
    days=st.integers(0, 9),
    coupons=st.integers(0, 9),
    redemptions=st.integers(0, 9),
    prizes=st.integers(0, 9),
)


def loaded(**changes: Any) -> dict[str, Any]:
    """The club's configuration with some changes, as the core keeps it."""
    return MODULE.config_schema().load({**CLUB.config, **changes})


def context(
    *, balance: int = 0, earned: int = 0, activity: Activity | None = None, **changes: Any
) -> Context:
    """A context with the fan's points and activity."""
    return Context(
        now=datetime(2026, 11, 23, 12, tzinfo=UTC),
        chance=Chance(b"seed"),
        fan=changes.get("fan", Fan("fan")),
        points=PointsFact(balance=balance, earned=earned),
        activity=activity or Activity(),
    )


def move(**sent: Any) -> dict[str, Any]:
    """A move as the core hands it over."""
    return MODULE.move_schema().load(sent)


@given(
    thresholds=st.lists(st.integers(0, 5000), unique=True, max_size=8),
    steps=st.lists(st.integers(0, 1000), max_size=20),
)
def test_a_tier_is_only_ever_gained(thresholds: list[int], steps: list[int]) -> None:
    """As points are earned the rank never falls, and it counts exactly the thresholds reached."""
    tiers = rules.ladder({"tiers": [{"threshold": one} for one in thresholds]})
    earned, before = 0, -1
    for step in steps:
        earned += step
        rank = rules.earned_rank(tiers, earned)
        assert rank >= before
        assert rank + 1 == sum(one <= earned for one in thresholds)
        before = rank


def test_spending_points_does_not_lower_a_tier() -> None:
    """The rank follows what was ever earned, not what is left."""
    rich = MODULE.view(loaded(), {}, context(balance=1000, earned=1000))
    poor = MODULE.view(loaded(), {}, context(balance=0, earned=1000))

    assert rich["rank"] == poor["rank"] == 2


def test_a_celebrated_tier_survives_a_raised_threshold() -> None:
    """A tier that the fan has celebrated stays theirs when the marketer makes it harder to reach."""
    outcome = MODULE.play(loaded(), {}, move(celebrate=True), context(earned=1000))
    harder = [{**tier, "threshold": tier["threshold"] * 10} for tier in CLUB.config["tiers"]]

    view = MODULE.view(loaded(tiers=harder), outcome.state, context(earned=1000))

    assert view["rank"] == 2
    assert not view["celebrate"]


def test_a_tier_is_celebrated_once() -> None:
    """After the celebration the same tier is not offered, nor accepted, again."""
    outcome = MODULE.play(loaded(), {}, move(celebrate=True), context(earned=300))

    assert not outcome.effects
    assert not outcome.view["celebrate"]
    with pytest.raises(Refused):
        MODULE.play(loaded(), outcome.state, move(celebrate=True), context(earned=300))


def test_the_first_tier_is_not_an_event() -> None:
    """Everybody starts somewhere: nothing is celebrated at the bottom of the ladder."""
    assert not MODULE.view(loaded(), {}, context(earned=0))["celebrate"]


def test_a_finished_mission_pays_its_points_once() -> None:
    """The reward is credited with the mission's title, and a second claim is refused."""
    done = context(balance=10, earned=50, activity=Activity(plays={"quiz": 3}))

    outcome = MODULE.play(loaded(), {}, move(claim=QUIZZES), done)

    assert outcome.effects == (
        Points(60, label={"fr": "Trois quiz", "en": "Three quizzes"}),
        Count("missions"),
    )
    with pytest.raises(Refused) as refusal:
        MODULE.play(loaded(), outcome.state, move(claim=QUIZZES), done)
    assert refusal.value.code == "already_claimed"


def test_the_answer_already_counts_the_reward() -> None:
    """The view after a claim is the one that a reload will show once the core has credited the points."""
    done = context(balance=10, earned=240, activity=Activity(plays={"quiz": 3}))

    view = MODULE.play(loaded(), {}, move(claim=QUIZZES), done).view

    assert (view["balance"], view["earned"], view["rank"]) == (70, 300, 1)
    assert view["history"][0]["amount"] == 60


@given(activity=ACTIVITIES)
def test_a_mission_pays_only_when_it_is_done(activity: Activity) -> None:
    """For any activity, a claim succeeds exactly when the goal is reached, as the page shows it."""
    config = loaded()
    shown = MODULE.view(config, {}, context(activity=activity))["missions"]
    for mission, one in zip(config["missions"], shown, strict=True):
        done = rules.progress(mission, activity) >= mission["goal"]
        assert one["status"] == ("ready" if done else "open")
        assert 0 <= one["done"] <= one["goal"]
        if done:
            MODULE.play(config, {}, move(claim=one["id"]), context(activity=activity))
        else:
            with pytest.raises(Refused):
                MODULE.play(config, {}, move(claim=one["id"]), context(activity=activity))


def test_taking_points_does_not_feed_missions_that_count_plays() -> None:
    """The plays of the loyalty page itself are no plays of a game."""
    anything = {"kind": "plays", "mechanic": "", "this_campaign": False, "goal": 3}

    assert rules.progress(anything, Activity(plays={"loyalty": 7, "quiz": 1})) == 1
    assert rules.progress({**anything, "kind": "variety"}, Activity(plays={"loyalty": 7})) == 0


def test_a_mission_of_this_campaign_ignores_the_others() -> None:
    """Only plays in the running campaign count when the marketer says so."""
    mission = {"kind": "plays", "mechanic": "quiz", "this_campaign": True, "goal": 3}
    activity = Activity(plays={"quiz": 9}, campaign_plays={"quiz": 2})

    assert rules.progress(mission, activity) == 2


def test_what_the_form_hides_does_not_count() -> None:
    """A kind of game or a campaign chosen before the marketer turned to counting days changes nothing."""
    days = {"kind": "days", "mechanic": "", "this_campaign": False, "goal": 5}
    hidden = {**days, "mechanic": "quiz", "this_campaign": True}

    assert rules.mission_id(hidden) == rules.mission_id(days)
    assert rules.progress(hidden, Activity(days=4)) == 4


def test_rewording_a_mission_does_not_pay_twice() -> None:
    """A mission is known by what it asks for, not by its words, its place or its reward."""
    done = context(activity=Activity(plays={"quiz": 3}))
    state = MODULE.play(loaded(), {}, move(claim=QUIZZES), done).state
    reworded = [
        {**one, "title": {"fr": "Autre titre"}, "points": 500} for one in CLUB.config["missions"]
    ]

    with pytest.raises(Refused):
        MODULE.play(loaded(missions=reworded[::-1]), state, move(claim=QUIZZES), done)


@pytest.mark.parametrize(
    "sent",
    [{}, {"claim": "x", "celebrate": True}, {"claim": ""}, {"claim": 3}, {"claim": "x" * 201}],
)
def test_a_tampered_move_does_not_load(sent: dict[str, Any]) -> None:
    """A move is one claim or one celebration."""
    with pytest.raises(ValidationError):
        MODULE.move_schema().load(sent)


def test_an_unknown_mission_is_refused() -> None:
    """A mission that is not on the page pays nothing."""
    with pytest.raises(Refused) as refusal:
        MODULE.play(
            loaded(), {}, move(claim="days:any:always:1"), context(activity=Activity(days=9))
        )

    assert refusal.value.code == "invalid_move"


def test_who_is_not_signed_in_sees_the_page_without_numbers() -> None:
    """The page says that it does not know the fan, instead of showing zero as if it were theirs."""
    assert not MODULE.view(loaded(), {}, context(fan=None))["known"]


def test_twins_are_refused_at_their_field() -> None:
    """Two tiers with one threshold, or two missions that ask the same, are told where they stand."""
    tier, mission = CLUB.config["tiers"][0], CLUB.config["missions"][0]

    assert "tiers.1.threshold" in MODULE.check_config(loaded(tiers=[tier, tier]))
    assert "missions.1.goal" in MODULE.check_config(loaded(missions=[mission, mission]))
