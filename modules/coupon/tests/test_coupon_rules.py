"""The rules of a coupon: as many as the marketer allows, never one more, always of the configured offer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from masterapp.sdk import Chance, Context, Coupon, Fan, Refused
from modules.coupon.module import CouponGame
from modules.coupon.starters import SHIRT

MODULE = CouponGame()
OFFER = "01890a5d-ac96-774b-bcce-b302099a8057"
CONTEXT = Context(now=datetime(2026, 11, 23, tzinfo=UTC), chance=Chance(b"seed"), fan=Fan("fan"))


def loaded(**changes: Any) -> dict[str, Any]:
    """A sound configuration with some changes."""
    return MODULE.config_schema().load({**SHIRT.config, "offer": OFFER, **changes})


def test_taking_a_coupon_gives_one_code_of_the_offer() -> None:
    """One move, one coupon, and the attempt is over."""
    outcome = MODULE.play(loaded(), {}, {"claim": True}, CONTEXT)

    assert outcome.effects == (Coupon(OFFER),)
    assert outcome.finished
    assert (outcome.view["taken"], outcome.view["left"]) == (1, 0)


@given(allowed=st.integers(1, 50))
def test_a_fan_takes_as_many_as_allowed_and_no_more(allowed: int) -> None:
    """After the last coupon every further move is refused, whatever was sent before."""
    config, state = loaded(claims=allowed), {}
    for _ in range(allowed):
        state = dict(MODULE.play(config, state, {"claim": True}, CONTEXT).state)

    with pytest.raises(Refused) as refusal:
        MODULE.play(config, state, {"claim": True}, CONTEXT)

    assert refusal.value.code == "already_claimed"
    assert MODULE.view(config, state, CONTEXT)["left"] == 0


def test_fewer_coupons_in_a_new_version_take_nothing_back() -> None:
    """A fan who holds more than a later version allows sees zero left, not less."""
    view = MODULE.view(loaded(claims=1), {"taken": 3}, CONTEXT)

    assert (view["taken"], view["left"]) == (3, 0)


@pytest.mark.parametrize(
    "sent", [{}, {"claim": False}, {"claim": "yes"}, {"claim": True, "offer": OFFER}]
)
def test_a_tampered_move_does_not_load(sent: dict[str, Any]) -> None:
    """A move cannot name another offer, nor be anything but a claim."""
    with pytest.raises(ValidationError):
        MODULE.move_schema().load(sent)


def test_an_offer_is_needed() -> None:
    """Without an offer the form says so at its field."""
    with pytest.raises(ValidationError) as error:
        loaded(offer=None)

    assert "offer" in error.value.messages_dict


def test_a_shop_button_needs_an_address() -> None:
    """A button that leads nowhere is refused, and so is one that leads to an unsafe address."""
    words = {"label": {"fr": "Je le veux"}}

    assert "shops.0.link" in MODULE.check_config(loaded(shops=[{**words, "link": ""}]))
    for unsafe in ("http://shop.example", "javascript:alert(1)", "shop.example"):
        with pytest.raises(ValidationError):
            loaded(shops=[{**words, "link": unsafe}])
