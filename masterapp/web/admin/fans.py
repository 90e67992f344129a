"""The CRM on the desk: the table with its filters, one fan in a panel beside it, the export, and a fan's rights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import force_locale

from masterapp.audit import service as audit
from masterapp.brands.access import allow
from masterapp.campaigns import service as campaigns
from masterapp.db import now
from masterapp.eligibility.service import COUNTED
from masterapp.errors import TABLE, Refused
from masterapp.fans import consents, rights
from masterapp.insight import fans, table
from masterapp.texts import language
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web.admin.shell import desk

blueprint = Blueprint("admin_fans", __name__, url_prefix="/admin/fans", template_folder="templates")

READERS = ("owner", "marketer", "analyst", "support")
EXPORTERS = ("owner", "marketer")
HELPERS = ("owner", "support")

CONSENTS = {
    "offers:email": _l("Offers by e-mail"),
    "offers:sms": _l("Offers by SMS"),
    "partners:email": _l("Partners’ offers"),
}
TRAITS = {
    "postcode": _l("Postcode"),
    "birth_date": _l("Birth date"),
    "phone": _l("Phone"),
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "favourite_player": _l("Favourite player"),
}
SOURCES = {
    "declared": _l("told by the fan"),
    "import": _l("imported"),
    "support": _l("customer service"),
}


@dataclass(frozen=True)
class Kind:
    """How a line of a fan's story looks."""

    icon: str
    words: Any


KINDS = {
    "joined": Kind("user-plus", _l("Joined")),
    "play": Kind("player-play", _l("Played")),
    "points": Kind("coins", _l("Points")),
    "prize": Kind("trophy", _l("Won")),
    "coupon": Kind("discount", _l("Received a coupon")),
    "redemption": Kind("building-store", _l("Used a coupon")),
    "consent": Kind("shield-check", _l("Consent")),
    "trait": Kind("id-badge-2", _l("Told us")),
    "refusal": Kind("ban", _l("Refused")),
}


def _filter() -> fans.Filter:
    """Read the filter of the address; what cannot be read is left out."""
    ask = request.args.get
    consent = ask("consent", "")
    return fans.Filter(
        words=ask("q", "").replace("\0", "")[:120],
        consent=consent if consent.lstrip("-") in CONSENTS else "",
        campaign=ask("campaign", type=UUID),
        joined_from=ask("from", type=date.fromisoformat),
        joined_to=ask("to", type=date.fromisoformat),
        points=min(max(ask("points", 0, type=int), 0), 10**12),
        winners=ask("winners") == "1",
    )


@blueprint.get("")
@allow(*READERS)
def index() -> str:
    """Show a page of the table, and the panel of the fan that was chosen."""
    brand_id, wanted = desk().brand.id, _filter()
    before = request.args.get("before", type=int)
    rows, matching = fans.find(brand_id, wanted, desk().zone, before=before)
    kept = {name: value for name, value in request.args.items() if name not in ("before", "fan")}
    return render_template(
        "admin/fans.html",
        here="fans",
        rows=rows[: fans.PAGE],
        matching=matching,
        more=rows[fans.PAGE - 1]["number"] if len(rows) > fans.PAGE else None,
        wanted=wanted,
        kept=kept,
        campaigns=campaigns.of_brand(brand_id),
        consents=CONSENTS,
        may_export=desk().member.role in EXPORTERS,
        panel=_panel(request.args.get("fan", type=UUID)),
    )


@blueprint.get("/<uuid:fan_id>")
@allow(*READERS)
def show(fan_id: UUID) -> str:
    """Return the panel of one fan alone, for the page that is already open."""
    return render_template("admin/fan.html", panel=_panel(fan_id, must_exist=True))


def _panel(fan_id: UUID | None, *, must_exist: bool = False) -> dict[str, Any] | None:
    found = fans.one(desk().brand.id, fan_id) if fan_id else None
    if found is None:
        if must_exist:
            raise Refused("not_found")
        return None
    return {
        "fan": found,
        "traits": [
            {
                "label": str(TRAITS.get(trait["name"], trait["name"])),
                "value": trait["value"],
                "source": str(SOURCES.get(trait["source"], trait["source"])),
                "at": trait["created_at"],
            }
            for trait in fans.traits(desk().brand.id, found["id"])
        ],
        "story": fans.story(desk().brand.id, found["id"]),
        "kinds": KINDS,
        "consents": CONSENTS,
        "trait_names": TRAITS,
        "refusals": {code: TABLE[code][1] for code in COUNTED},
        "may_help": desk().member.role in HELPERS,
    }


@blueprint.get("/export.csv")
@allow(*EXPORTERS)
def export() -> Response:
    """Send every matching fan as CSV, row by row as they are read: no file, no waiting, nobody blocked."""
    member, wanted, zone = desk().member, _filter(), desk().zone
    audit.record(
        member.brand_id,
        "fans_exported",
        actor_kind="member",
        actor_id=member.id,
        object_kind="fans",
        filter={key: str(value) for key, value in vars(wanted).items() if value},
    )
    app, brand_id, locale = current_app._get_current_object(), member.brand_id, language()  # type: ignore[attr-defined]

    def lines() -> Iterator[str]:
        # The request's own session ends before the body is sent: the export reads on one of its own.
        with app.app_context(), force_locale(locale):
            heads = [
                _("Number"),
                _("Name"),
                _("E-mail"),
                _("Language"),
                _("Joined"),
                _("Last seen"),
                _("Points"),
            ]
            heads += [_("Plays"), _("Prizes"), *[str(words) for words in CONSENTS.values()]]
            yield "\ufeff" + table.line(heads)
            for row in fans.export(brand_id, wanted, zone):
                yield table.line(_cells(row, zone))

    response = Response(lines(), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="fans-{now():%Y-%m-%d}.csv"'
    return response


def _cells(row: Any, zone: Any) -> list[Any]:
    seen = row["last_seen_at"]
    return [
        row["number"],
        row["display_name"],
        row["email"],
        row["locale"],
        row["created_at"].astimezone(zone).isoformat(sep=" ", timespec="minutes"),
        seen.astimezone(zone).isoformat(sep=" ", timespec="minutes") if seen else "",
        row["points"],
        row["plays"],
        row["prizes"],
        *[_("yes") if consent in row["consents"] else _("no") for consent in CONSENTS],
    ]


@blueprint.get("/<uuid:fan_id>/data.json")
@allow(*HELPERS)
def data(fan_id: UUID) -> Response:
    """Hand out everything that is known of a fan, as the law asks, to pass on to them."""
    member = desk().member
    if fans.one(member.brand_id, fan_id) is None:
        raise Refused("not_found")
    known = rights.export_data(member.brand_id, fan_id)
    audit.record(
        member.brand_id,
        "fan_data_exported",
        actor_kind="member",
        actor_id=member.id,
        object_kind="fan",
        object_id=fan_id,
    )
    body = json.dumps(known, ensure_ascii=False, indent=1, default=str)
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="fan-{fan_id}.json"'
    return response


@blueprint.post("/<uuid:fan_id>/withdraw")
@allow(*HELPERS)
def withdraw(fan_id: UUID) -> Any:
    """Withdraw one consent at the fan's request."""
    member = desk().member
    purpose, _separator, channel = request.form.get("consent", "").partition(":")
    if f"{purpose}:{channel}" not in CONSENTS or fans.one(member.brand_id, fan_id) is None:
        raise Refused("not_found")
    consents.withdraw(
        member.brand_id, fan_id, purpose, channel, proof=consents.Proof(method="support"), at=now()
    )
    flash(_("The consent is withdrawn."), "good")
    return redirect(url_for("admin_fans.index", fan=fan_id))


@blueprint.post("/<uuid:fan_id>/erase")
@allow(*HELPERS)
def erase(fan_id: UUID) -> Any:
    """Erase a fan at their request; the number typed again is the confirmation."""
    member = desk().member
    found = fans.one(member.brand_id, fan_id)
    if found is None:
        raise Refused("not_found")
    if request.form.get("number", "").strip() != str(found["number"]):
        flash(_("Nothing was erased: type the fan’s number to confirm."), "bad")
        return redirect(url_for("admin_fans.index", fan=fan_id))
    rights.erase(member.brand_id, fan_id, at=now(), member_id=member.id)
    flash(_("The fan no. %(number)s is erased.", number=found["number"]), "good")
    return redirect(url_for("admin_fans.index"))
