"""Loyalty as the core sees it: the declarations, and each verb handed to the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from masterapp.sdk import Context, Metric, Module, Outcome, Totals, _l, text
from modules.loyalty import rules
from modules.loyalty.schemas import LoyaltyConfig, LoyaltyMove
from modules.loyalty.starters import STARTERS
from modules.loyalty.wording import TEXTS

JSON = Mapping[str, Any]


class Loyalty(Module):
    """My points, my tier, my missions."""

    config_schema = LoyaltyConfig
    move_schema = LoyaltyMove
    starters = STARTERS
    texts = TEXTS

    def view(self, config: JSON, state: JSON, context: Context) -> JSON:
        """Show where the fan stands."""
        return self._dressed(config, rules.shown(config, state, context))

    def play(self, config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
        """Take a finished mission's points, or celebrate a tier."""
        outcome = rules.judge(config, state, move, context)
        return replace(outcome, view=self._dressed(config, outcome.view))

    def summarise(self, config: JSON, totals: Totals) -> Sequence[Metric]:
        """Fans who took points here, missions finished and the points they brought."""
        return (
            Metric(_l("Fans who took points or a tier"), totals.fans),
            Metric(_l("Missions finished"), totals.counters.get("missions", 0)),
            Metric(_l("Points from missions"), totals.points),
        )

    def check_config(self, config: JSON) -> Mapping[str, Sequence[str]]:
        """Tiers and missions must be distinct."""
        return rules.problems(config)

    @staticmethod
    def _dressed(config: JSON, shown: JSON) -> dict[str, Any]:
        """Add the marketer's words to the numbers."""
        return {
            **shown,
            "title": text(config["title"]),
            "intro": text(config["intro"]),
            "tiers": [
                {
                    "name": text(tier["name"]),
                    "perks": text(tier["perks"]),
                    "threshold": tier["threshold"],
                    "metal": tier["metal"],
                }
                for tier in rules.ladder(config)
            ],
            "missions": [
                {
                    **status,
                    "title": text(mission["title"]),
                    "description": text(mission["description"]),
                    "goal": mission["goal"],
                    "points": mission["points"],
                    "kind": mission["kind"],
                }
                for mission, status in zip(config["missions"], shown["missions"], strict=True)
            ],
            "ways": [
                {"label": text(way["label"]), "points": way["points"]} for way in config["ways"]
            ],
            "history": [{**entry, "label": text(entry["label"])} for entry in shown["history"]],
        }
