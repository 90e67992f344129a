"""The forms of draws: where one begins, what is typed in it, and several tiers of the crowd's counter at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from flask import request
from marshmallow import Schema, ValidationError, validates_schema

from masterapp.brands import assets
from masterapp.campaigns.calendar import to_local
from masterapp.campaigns.configuration import references
from masterapp.campaigns.models import Campaign
from masterapp.draws import service
from masterapp.draws.models import Draw
from masterapp.draws.terms import FORM, LARGEST_QUANTITY
from masterapp.errors import Refused
from masterapp.sdk import fields
from masterapp.texts import lazy_text as _l
from masterapp.validation import flatten
from masterapp.web import forms
from masterapp.web.admin import posted
from masterapp.web.admin.shell import desk

DATES = ("closes_at", "commits_at", "draws_at")
MOST_TIERS = 10
#: Thresholds that the tiers begin with: each is a few times the one before.
FIRST_TIERS = (1000, 5000, 20000)

_BAD_AMOUNT = _l("Write an amount such as 25 or 19.90.")
_GONE = _l("This picture does not exist any more. Choose another one.")
_NO_TIER = _l("Add at least one tier.")
_SAME_TIER = _l("Two tiers have the same number of plays: change one.")

#: Titles of the form's groups.
GROUPS: Mapping[str, Any] = {
    "content": _l("What it is called"),
    "prizes": _l("What can be won"),
    "tickets": _l("Who is in, with how many tickets"),
    "tiers": _l("Tiers"),
    "who": _l("Who can win"),
    "fairness": _l("Chance and proof"),
    "after": _l("After the draw"),
}
#: Groups with defaults so good that they are folded away.
FOLDED = ("who", "fairness", "after")


@dataclass(frozen=True)
class Template:
    """Where a new draw begins: a name, what it is good for, and the fields it changes."""

    name: str
    title: Any
    text: Any
    icon: str
    begins: Mapping[str, Any]


TEMPLATES = (
    Template(
        "plays",
        _l("Among all plays"),
        _l("Every finished play gives a ticket."),
        "ticket",
        {"source": "plays"},
    ),
    Template(
        "stakes",
        _l("Stake your points"),
        _l("Fans buy tickets with the points they earned; one is free."),
        "coins",
        {"source": "stakes"},
    ),
    Template(
        "tiers",
        _l("Unlocked by the crowd"),
        _l("Several draws: each opens when all fans together have played so many times."),
        "stairs-up",
        {},
    ),
    Template(
        "second_chance",
        _l("Second chance"),
        _l("What nobody won in the games, among those who won nothing."),
        "refresh",
        {},
    ),
)


class TierRow(Schema):
    """One tier: how many plays unlock it, and its first prize."""

    threshold = fields.whole(_l("Plays that unlock it"), least=1, most=1_000_000_000, default=1000)
    label = fields.text(_l("Prize"), longest=80, required=True)
    qty = fields.whole(_l("Units"), least=1, most=LARGEST_QUANTITY, default=1)
    alternates = fields.whole(_l("Alternates"), most=LARGEST_QUANTITY, default=3)


class TiersForm(Schema):
    """Several draws that the crowd unlocks one after the other; each can be completed as a draft."""

    title = fields.text(
        _l("Title"), help=_l("Each draw gets its number behind it."), longest=70, required=True
    )
    description = fields.text(_l("Description"), longest=300, lines=2)
    tiers = fields.rows(_l("Tiers"), TierRow, most=MOST_TIERS, group="tiers")
    per_play = fields.whole(
        _l("Tickets per finished play"), least=1, most=1000, default=1, group="tiers"
    )
    most = fields.whole(
        _l("At most per fan"),
        help=_l("Tickets that one fan can hold. 0 sets no limit."),
        most=1_000_000,
        default=20,
        group="tiers",
    )

    @validates_schema
    def _distinct(self, data: dict[str, Any], **_: Any) -> None:
        counts = [tier["threshold"] for tier in data.get("tiers", [])]
        if not counts:
            raise ValidationError({"tiers": [str(_NO_TIER)]})
        if len(set(counts)) < len(counts):
            raise ValidationError({"tiers": [str(_SAME_TIER)]})


TIERS = TiersForm()
#: What the page asks for when it opens a closed row: the form's name → its schema.
SCHEMAS: Mapping[str, Schema] = {"draw": FORM, "tiers": TIERS}


def template_named(name: str) -> Template:
    """Return a template; the first one for any other name."""
    return next((one for one in TEMPLATES if one.name == name), TEMPLATES[0])


def beginning(template: Template) -> dict[str, Any]:
    """Return what the form of a new draw begins with: one open prize, or the tiers."""
    if template.name == "tiers":
        return {"tiers": [{"threshold": count} for count in FIRST_TIERS]}
    return {**template.begins, "prizes": [{}]}


def as_form(draw: Draw) -> dict[str, Any]:
    """Return a draw as its form holds it."""
    own = {"title": draw.title, "description": draw.description, "source": draw.source}
    return {**draw.terms, **own, "prizes": draw.prizes}


def read(schema: Schema) -> tuple[dict[str, Any], dict[str, Any], posted.Errors]:
    """Return what was posted, as it was typed and as the schema understands it, and what is wrong with it."""
    posted.allow_large_form()
    raw = forms.parse(schema, request.form)
    try:
        values: dict[str, Any] = schema.load(raw)
    except ValidationError as error:
        return raw, {}, dict(flatten(error.messages))
    errors = {
        f"prizes.{number}.value": [str(_BAD_AMOUNT)]
        for number, row in enumerate(values.get("prizes", []))
        if posted.cents(row["value"]) is None
    }
    pictures = dict(references(schema, values, "image"))
    known = assets.known(desk().brand.id, set(pictures.values()))
    errors |= {path: [str(_GONE)] for path, named in pictures.items() if named not in known}
    return raw, values, errors


def read_dates(names: tuple[str, ...] = DATES) -> tuple[dict[str, datetime | None], posted.Errors]:
    """Return the posted dates as instants, and what is wrong with them."""
    errors: posted.Errors = {}
    return {name: posted.local_time(name, errors, later=True) for name in names}, errors


def typed_dates(dates: Mapping[str, datetime | None]) -> dict[str, str]:
    """Return dates as the brand's wall clock shows them in a date field."""
    return {name: to_local(dates.get(name), desk().zone) for name in DATES}


def dates_of(draw: Draw) -> dict[str, datetime | None]:
    """Return a draw's dates."""
    return {name: getattr(draw, name) for name in DATES}


def make(
    campaign: Campaign,
    values: Mapping[str, Any],
    dates: Mapping[str, datetime | None],
    *,
    key: UUID,
    now: datetime,
) -> list[Draw]:
    """Make the drafts of a form: one, or one for each tier. Raises ``invalid`` naming the date that cannot be."""
    listed = _tiers(values) if "tiers" in values else [values]
    made = [
        service.create(
            campaign,
            one,
            dates,
            member_id=desk().member.id,
            key=uuid5(key, str(number)) if number else key,
        )
        for number, one in enumerate(listed)
    ]
    check_dates(made[0], now)
    return made


def _tiers(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    tiers = sorted(values["tiers"], key=lambda tier: int(tier["threshold"]))
    return [
        FORM.load(
            {
                "title": {
                    locale: f"{text} {number}/{len(tiers)}"
                    for locale, text in values["title"].items()
                    if text
                },
                "description": values["description"],
                "source": "tier",
                "threshold": tier["threshold"],
                "per_play": values["per_play"],
                "most": values["most"],
                "prizes": [{name: tier[name] for name in ("label", "qty", "alternates")}],
            }
        )
        for number, tier in enumerate(tiers, 1)
    ]


def check_dates(draw: Draw, now: datetime) -> None:
    """Refuse dates that cannot be, by field."""
    errors = service.date_problems(draw, now)
    if errors:
        raise Refused("invalid", fields=errors)
