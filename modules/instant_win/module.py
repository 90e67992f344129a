"""Instant win as the core sees it: the declarations, and each verb handed to the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from masterapp.sdk import Context, Metric, Module, Outcome, Totals, _l, picture, text
from modules.instant_win import rules
from modules.instant_win.schemas import InstantWinConfig, InstantWinMove
from modules.instant_win.starters import STARTERS
from modules.instant_win.wording import TEXTS

JSON = Mapping[str, Any]


class InstantWin(Module):
    """Scratch, spin or find a seat: one try at the winning moment that is due."""

    config_schema = InstantWinConfig
    move_schema = InstantWinMove
    starters = STARTERS
    texts = TEXTS

    def view(self, config: JSON, state: JSON, context: Context) -> JSON:
        """Show the skin and the last result; before a move nothing here depends on what it will give."""
        view = {
            "skin": config["skin"],
            "title": text(config["title"]),
            "intro": text(config["intro"]),
            "won": text(config["won"]),
            "lost": text(config["lost"]),
            "picture": picture(config["picture"]),
            "consolation": config["consolation"],
            **rules.shown(state),
        }
        if config["skin"] == "scratch":
            view["cover"] = text(config["cover"])
        elif config["skin"] == "wheel":
            view["segments"] = [
                {"label": text(segment["label"]), "wins": segment["wins"]}
                for segment in config["segments"]
            ]
        else:
            view["blocks"] = [text(block["label"]) for block in config["blocks"]]
            view["seat_rows"] = config["seat_rows"]
            view["seats_per_row"] = config["seats_per_row"]
        return view

    def play(self, config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
        """One attempt; the core finds out whether a prize is won."""
        outcome = rules.judge(config, state, move, context)
        return replace(outcome, view=self.view(config, outcome.state, context))

    def summarise(self, config: JSON, totals: Totals) -> Sequence[Metric]:
        """Attempts, prizes won and how often an attempt wins."""
        rate = 100 * totals.grants / totals.finished if totals.finished else 0
        return (
            Metric(_l("Attempts"), totals.finished),
            Metric(_l("Prizes won"), totals.grants),
            Metric(_l("Attempts that win"), round(rate, 1), "%"),
        )

    def check_config(self, config: JSON) -> Mapping[str, Sequence[str]]:
        """A wheel needs winning and losing segments, a stadium needs blocks."""
        return rules.problems(config)

    def assets(self, config: JSON) -> Sequence[str]:
        """The picture on the card or in the hub."""
        return [config["picture"]] if config["picture"] else []
