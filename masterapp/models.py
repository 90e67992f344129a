"""Every table of the core, imported once so that migrations and tests see the whole schema."""

from masterapp.audit.models import AuditRecord
from masterapp.brands.models import Asset, Brand, Invitation, Member, MemberStore, Store
from masterapp.campaigns.models import Campaign, Game, GameVersion
from masterapp.coupons.models import CodeImport, Coupon, ImportedCode, Offer, Redemption
from masterapp.draws.models import (
    Draw,
    DrawBlock,
    DrawDocument,
    DrawEntry,
    DrawTap,
    DrawWinner,
)
from masterapp.eligibility.models import Exclusion, Refusal
from masterapp.fairness.models import LogRecord, Proposal, Voice
from masterapp.fans.models import Consent, ConsentText, Fan, Trait
from masterapp.identity.models import FanSession, Identity, ProviderTrip, SignIn
from masterapp.plays.models import Counter, Move, Play, Progress
from masterapp.points.models import Balance, PointEntry
from masterapp.prizes.models import Grant, HouseholdWins, Pace, Prize, Seal, WinningMoment

__all__ = [
    "Asset",
    "AuditRecord",
    "Balance",
    "Brand",
    "Campaign",
    "CodeImport",
    "Consent",
    "ConsentText",
    "Counter",
    "Coupon",
    "Draw",
    "DrawBlock",
    "DrawDocument",
    "DrawEntry",
    "DrawTap",
    "DrawWinner",
    "Exclusion",
    "Fan",
    "FanSession",
    "Game",
    "GameVersion",
    "Grant",
    "HouseholdWins",
    "Identity",
    "ImportedCode",
    "Invitation",
    "LogRecord",
    "Member",
    "MemberStore",
    "Move",
    "Offer",
    "Pace",
    "Play",
    "PointEntry",
    "Prize",
    "Progress",
    "Proposal",
    "ProviderTrip",
    "Redemption",
    "Refusal",
    "Seal",
    "SignIn",
    "Store",
    "Trait",
    "Voice",
    "WinningMoment",
]
