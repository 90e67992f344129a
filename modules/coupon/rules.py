"""The rules of a coupon, as pure functions: who may still take one, and what taking it does.

Codes, stock and validity belong to the offer, which the core keeps; here only the fan's own count is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from masterapp.sdk import Context, Coupon, Outcome, Refused, _l

JSON = Mapping[str, Any]


def claim(config: JSON, state: JSON, context: Context) -> Outcome:
    """Give one code of the offer, as long as the fan has not taken all they may have."""
    taken = int(state.get("taken", 0))
    if taken >= config["claims"]:
        raise Refused("already_claimed")
    new_state = {"taken": taken + 1, "last": context.now.isoformat()}
    return Outcome(
        state=new_state,
        view=shown(config, new_state),
        finished=True,
        effects=(Coupon(config["offer"]),),
    )


def shown(config: JSON, state: JSON) -> dict[str, Any]:
    """Return the part of the view that moves: coupons taken, and how many the fan may still take."""
    taken = int(state.get("taken", 0))
    return {"taken": taken, "left": max(0, config["claims"] - taken)}


def problems(config: JSON) -> dict[str, list[str]]:
    """Return what keeps a configuration from being playable, by field path."""
    errors: dict[str, list[str]] = {}
    for place, shop in enumerate(config["shops"]):
        if not shop["link"]:
            errors[f"shops.{place}.link"] = [str(_l("Give the address of the shop page."))]
    return errors
