"""The sentences the browser shows or speaks, by key; ``%(name)s`` stands for a fact."""

from __future__ import annotations

from masterapp.sdk import _l

TEXTS = {
    "my_points": _l("My points"),
    "points": _l("points"),
    "points_one": _l("+1 point"),
    "points_many": _l("+%(points)s points"),
    "earned": _l("%(points)s earned in all"),
    "to_next": _l("%(points)s points to %(tier)s"),
    "top": _l("You have reached the highest tier."),
    "reached": _l("You reached %(tier)s!"),
    "celebrate": _l("Celebrate"),
    "celebrate_text": _l("A new tier, and it is yours for good."),
    "tiers": _l("My tiers"),
    "from_points": _l("From %(points)s points"),
    "tier_current": _l("Your tier"),
    "tier_reached": _l("Reached"),
    "tier_locked": _l("Still ahead"),
    "missions": _l("My missions"),
    "mission_progress": _l("%(done)s of %(goal)s"),
    "claim": _l("Take %(points)s points"),
    "claim_label": _l("Take %(points)s points for “%(mission)s”"),
    "claimed": _l("Points taken"),
    "ways": _l("What earns points"),
    "history": _l("My history"),
    "no_history": _l("Your first points will appear here."),
    "more": _l("Show more"),
    "sign_in": _l("Sign in to see your points and missions."),
    "reason_play": _l("Game"),
    "reason_mission": _l("Mission"),
    "reason_prize": _l("Prize"),
    "reason_correction": _l("Correction"),
    "reason_stake": _l("Staked in a draw"),
    "reason_stake_returned": _l("Stake returned"),
    "reason_other": _l("Points"),
}
