"""The rules of loyalty, as pure functions: tiers by points ever earned, missions by what the fan has done.

A tier is only ever gained: spending points does not lower what was earned, and a tier once celebrated is kept even
when the marketer raises its threshold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from masterapp.sdk import Activity, Context, Count, Outcome, Points, PointsFact, Refused, _l

JSON = Mapping[str, Any]

#: Taking a mission's points is a play of this module, and must not feed a mission that counts plays.
OWN_SLUG = "loyalty"


def mission_id(mission: JSON) -> str:
    """Return what a mission asks for, as its name: other words or another reward do not make it a new one."""
    mechanic, campaign_only = limits(mission)
    scope = "campaign" if campaign_only else "always"
    return f"{mission['kind']}:{mechanic or 'any'}:{scope}:{mission['goal']}"


def limits(mission: JSON) -> tuple[str, bool]:
    """Return the one kind of game that counts, and whether only this campaign does; what the form hides is ignored."""
    return (
        mission["mechanic"] if mission["kind"] == "plays" else "",
        mission["this_campaign"] and mission["kind"] in ("plays", "variety"),
    )


def progress(mission: JSON, activity: Activity) -> int:
    """Return how far the fan has come, in the unit of the mission's goal."""
    mechanic, campaign_only = limits(mission)
    plays = activity.campaign_plays if campaign_only else activity.plays
    games = {slug: number for slug, number in plays.items() if slug != OWN_SLUG}
    counts = {
        "plays": games.get(mechanic, 0) if mechanic else sum(games.values()),
        "variety": sum(1 for number in games.values() if number),
        "days": activity.days,
        "coupons": activity.coupons,
        "redemptions": activity.redemptions,
        "prizes": activity.prizes,
    }
    return counts[mission["kind"]]


def ladder(config: JSON) -> list[JSON]:
    """Return the tiers from the lowest to the highest."""
    return sorted(config["tiers"], key=lambda tier: tier["threshold"])


def earned_rank(tiers: Sequence[JSON], earned: int) -> int:
    """Return the place of the highest tier within *earned* points, or -1 below the first."""
    return sum(1 for tier in tiers if tier["threshold"] <= earned) - 1


def kept_rank(tiers: Sequence[JSON], state: JSON) -> int:
    """Return the place of the tier the fan has celebrated, or -1 when there is none or it was removed."""
    names = [tier_name(tier) for tier in tiers]
    kept = state.get("tier")
    return names.index(kept) if kept in names else -1


def tier_name(tier: JSON) -> str:
    """Return the name by which a celebrated tier is remembered."""
    return str(tier["name"].get("fr") or tier["name"].get("en"))


def judge(config: JSON, state: JSON, move: JSON, context: Context) -> Outcome:
    """Judge one move: take the points of a finished mission, or celebrate a tier just reached."""
    if move["claim"]:
        return claim(config, state, move["claim"], context)
    return celebrate(config, state, context)


def claim(config: JSON, state: JSON, wanted: str, context: Context) -> Outcome:
    """Give a finished mission's points, once."""
    mission = next((one for one in config["missions"] if mission_id(one) == wanted), None)
    if mission is None:
        raise Refused("invalid_move", field="claim")
    claimed = list(state.get("claimed", ()))
    if wanted in claimed:
        raise Refused("already_claimed")
    if progress(mission, context.activity) < mission["goal"]:
        raise Refused("invalid_move", field="claim")
    new_state = {**state, "claimed": [*claimed, wanted]}
    after = replace(context, points=credited(context, mission))
    return Outcome(
        state=new_state,
        view=shown(config, new_state, after),
        finished=True,
        effects=(Points(mission["points"], label=mission["title"]), Count("missions")),
    )


def credited(context: Context, mission: JSON) -> PointsFact:
    """Return the fan's points as they will stand once the core has credited the mission."""
    entry = {
        "amount": mission["points"],
        "reason": "mission",
        "label": mission["title"],
        "at": context.now.isoformat(),
    }
    before = context.points
    return PointsFact(
        balance=before.balance + mission["points"],
        earned=before.earned + mission["points"],
        entries=(entry, *before.entries),
    )


def celebrate(config: JSON, state: JSON, context: Context) -> Outcome:
    """Remember the tier reached, so that it is celebrated once and kept for good."""
    tiers = ladder(config)
    rank = earned_rank(tiers, context.points.earned)
    if rank <= kept_rank(tiers, state):
        raise Refused("invalid_move", field="celebrate")
    new_state = {**state, "tier": tier_name(tiers[rank])}
    return Outcome(state=new_state, view=shown(config, new_state, context), finished=True)


def shown(config: JSON, state: JSON, context: Context) -> dict[str, Any]:
    """Return the part of the view that depends on the fan: points, rank, missions and history."""
    tiers = ladder(config)
    earned, kept = earned_rank(tiers, context.points.earned), kept_rank(tiers, state)
    return {
        "known": context.fan is not None,
        "balance": context.points.balance,
        "earned": context.points.earned,
        "rank": max(earned, kept),
        "celebrate": earned > max(kept, 0),
        "missions": [
            mission_shown(mission, state, context.activity) for mission in config["missions"]
        ],
        "history": [
            {
                "amount": entry["amount"],
                "reason": entry["reason"],
                "label": entry["label"],
                "at": entry["at"],
            }
            for entry in context.points.entries
        ],
    }


def mission_shown(mission: JSON, state: JSON, activity: Activity) -> dict[str, Any]:
    """Return a mission as the fan sees it: how far, and whether its points are waiting or taken."""
    name = mission_id(mission)
    done = min(progress(mission, activity), mission["goal"])
    if name in state.get("claimed", ()):
        status, done = "claimed", mission["goal"]
    else:
        status = "ready" if done >= mission["goal"] else "open"
    return {"id": name, "done": done, "status": status}


def problems(config: JSON) -> dict[str, list[str]]:
    """Return what keeps a configuration from being playable, by field path."""
    errors: dict[str, list[str]] = {}
    thresholds: set[int] = set()
    for place, tier in enumerate(config["tiers"]):
        if tier["threshold"] in thresholds:
            errors[f"tiers.{place}.threshold"] = [
                str(_l("Another tier starts at the same points."))
            ]
        thresholds.add(tier["threshold"])
    missions: set[str] = set()
    for place, mission in enumerate(config["missions"]):
        if mission_id(mission) in missions:
            errors[f"missions.{place}.goal"] = [str(_l("Another mission asks for the same thing."))]
        missions.add(mission_id(mission))
    return errors
