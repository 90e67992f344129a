"""The reveal as the core sees it: the declarations, and each verb handed to the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from masterapp.sdk import Context, Metric, Module, Outcome, Totals, _l
from modules.reveal import rules
from modules.reveal.schemas import RevealConfig, RevealMove
from modules.reveal.starters import STARTERS
from modules.reveal.wording import TEXTS

JSON = Mapping[str, Any]


class Reveal(Module):
    """A picture that sharpens with the plays of all and of each."""

    config_schema = RevealConfig
    move_schema = RevealMove
    starters = STARTERS
    texts = TEXTS

    def view(self, config: JSON, state: JSON, context: Context) -> JSON:
        """The picture as sharp as the fan may see it, and how far it is to the next step."""
        return rules.look(config, state, context)

    def play(self, config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
        """Guess, or only look and help the crowd."""
        return rules.play(config, state, move, context)

    def summarise(self, config: JSON, totals: Totals) -> Sequence[Metric]:
        """How far the crowd has come, and how many have found it."""
        plays = totals.counters.get("plays", 0)
        found = totals.counters.get("found", 0)
        level = rules.crowd_level(config["levels"], plays) + 1
        return (
            Metric(_l("Plays in all"), plays),
            Metric(_l("Sharpness"), f"{level}/{len(config['levels'])}"),
            Metric(_l("Found it"), found),
            Metric(
                _l("Fans who found it"),
                round(100 * found / totals.fans, 1) if totals.fans else 0,
                "%",
            ),
        )

    def check_config(self, config: JSON) -> Mapping[str, Sequence[str]]:
        """Levels go from coarse to sharp and from few plays to many."""
        return rules.problems(config)

    def pools(self, config: JSON) -> Mapping[str, Any]:
        """The pools of the levels that may win a prize."""
        pools = [level["pool"] or "main" for level in config["levels"] if level["prize"]]
        return {pool: _l("Right answer") if pool == "main" else pool for pool in pools}

    def assets(self, config: JSON) -> Sequence[str]:
        """The picture to find."""
        return [config["picture"]]
