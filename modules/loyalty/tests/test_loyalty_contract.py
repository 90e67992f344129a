"""Loyalty keeps the contract of every module, whether a mission is taken or a tier celebrated."""

from masterapp.sdk import Activity, PointsFact
from masterapp.testing.contract import ModuleContract
from modules.loyalty.module import Loyalty
from modules.loyalty.starters import CLUB, MONTH

FACTS = {
    "points": PointsFact(
        balance=300,
        earned=420,
        entries=(
            {
                "amount": 20,
                "reason": "play",
                "label": {"fr": "Quiz", "en": "Quiz"},
                "at": "2026-11-20T18:00:00+00:00",
            },
        ),
    ),
    "activity": Activity(plays={"quiz": 3}, campaign_plays={"quiz": 1}, days=5),
}


class TestMission(ModuleContract):
    """Taking a mission's points."""

    module = Loyalty()
    config = CLUB.config
    moves = [{"claim": "days:any:always:5"}]
    facts = FACTS


class TestTier(ModuleContract):
    """Celebrating a tier."""

    module = Loyalty()
    config = CLUB.config
    moves = [{"celebrate": True}]
    facts = FACTS


class TestWithoutTiers(ModuleContract):
    """A page with missions of one campaign only."""

    module = Loyalty()
    config = MONTH.config
    moves = [{"claim": "plays:any:campaign:1"}]
    facts = FACTS
