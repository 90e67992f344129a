"""Coupon as the core sees it: the declarations, and each verb handed to the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from masterapp.sdk import Context, Metric, Module, Outcome, Totals, _l, picture, text
from modules.coupon import rules
from modules.coupon.schemas import CouponConfig, CouponMove
from modules.coupon.starters import STARTERS
from modules.coupon.wording import TEXTS

JSON = Mapping[str, Any]


class CouponGame(Module):
    """Take a coupon: a code and a QR, in a store or online."""

    config_schema = CouponConfig
    move_schema = CouponMove
    starters = STARTERS
    texts = TEXTS

    def view(self, config: JSON, state: JSON, context: Context) -> JSON:
        """Show the offer, its conditions and how many coupons the fan may still take."""
        return {
            "title": text(config["title"]),
            "value": text(config["value"]),
            "intro": text(config["intro"]),
            "button": text(config["button"]),
            "conditions": text(config["conditions"]),
            "picture": picture(config["picture"]),
            "shops": [
                {"label": text(shop["label"]), "link": shop["link"]} for shop in config["shops"]
            ],
            **rules.shown(config, state),
        }

    def play(self, config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
        """Take one coupon."""
        outcome = rules.claim(config, state, context)
        return replace(outcome, view=self.view(config, outcome.state, context))

    def summarise(self, config: JSON, totals: Totals) -> Sequence[Metric]:
        """Coupons taken, used in a store, and the share of those used."""
        rate = 100 * totals.redemptions / totals.coupons if totals.coupons else 0
        return (
            Metric(_l("Coupons taken"), totals.coupons),
            Metric(_l("Coupons used"), totals.redemptions),
            Metric(_l("Coupons that are used"), round(rate, 1), "%"),
        )

    def check_config(self, config: JSON) -> Mapping[str, Sequence[str]]:
        """Every shop button needs an address."""
        return rules.problems(config)

    def assets(self, config: JSON) -> Sequence[str]:
        """The picture of the offer."""
        return [config["picture"]] if config["picture"] else []
