"""The one door between the core and a game module: everything a module may import from MasterApp is named here."""

from masterapp.errors import Refused
from masterapp.sdk import fields
from masterapp.sdk.context import Activity, Chance, Context, Fan, PointsFact
from masterapp.sdk.module import Imported, Importer, Metric, Module, Starter, Totals
from masterapp.sdk.outcome import (
    Count,
    Coupon,
    Effect,
    Outcome,
    Points,
    TryToWin,
)
from masterapp.sdk.spelling import plain_text, same_text
from masterapp.sdk.view import picture, text
from masterapp.texts import lazy_text as _l

__all__ = [
    "Activity",
    "Chance",
    "Context",
    "Count",
    "Coupon",
    "Effect",
    "Fan",
    "Imported",
    "Importer",
    "Metric",
    "Module",
    "Outcome",
    "Points",
    "PointsFact",
    "Refused",
    "Starter",
    "Totals",
    "TryToWin",
    "_l",
    "fields",
    "picture",
    "plain_text",
    "same_text",
    "text",
]
