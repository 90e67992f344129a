"""Who cannot play: the lists of addresses and domains, and how often each was the reason of a refusal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from masterapp.brands.access import allow
from masterapp.eligibility import service as eligibility
from masterapp.errors import Refused
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.texts import translate_plural
from masterapp.web.admin.shell import MAKERS, desk

blueprint = Blueprint(
    "admin_exclusions", __name__, url_prefix="/admin/exclusions", template_folder="templates"
)
REASONS = {"staff": _l("Works for us or a partner"), "competitor": _l("Competitor")}


@blueprint.get("")
@allow(*MAKERS)
def index() -> str:
    """Show the list and the form that adds to it."""
    return _page()


def _page(typed: str = "", error: str = "") -> str:
    return render_template(
        "admin/exclusions.html",
        here="exclusions",
        rows=eligibility.exclusions(desk().brand.id),
        reasons=REASONS,
        typed=typed,
        error=error,
    )


@blueprint.post("")
@allow(*MAKERS)
def add() -> Any:
    """Add lines to the list; what cannot be read is named and nothing typed is lost."""
    typed = request.form.get("values", "")
    try:
        added = eligibility.exclude(
            desk().brand.id,
            typed.splitlines(),
            request.form.get("reason", ""),
            note=request.form.get("note", "").strip()[:200],
            member_id=desk().member.id,
        )
    except Refused as refusal:
        told = [sentence for sentences in refusal.fields.values() for sentence in sentences]
        return _page(typed, "; ".join(told)), refusal.status
    flash(translate_plural("%(num)s line added.", "%(num)s lines added.", added), "good")
    return redirect(url_for("admin_exclusions.index"))


@blueprint.post("/<uuid:exclusion_id>/remove")
@allow(*MAKERS)
def remove(exclusion_id: UUID) -> Any:
    """Take a line off the list."""
    value = eligibility.include_again(desk().brand.id, exclusion_id, member_id=desk().member.id)
    flash(_("“%(value)s” can play again.", value=value), "good")
    return redirect(url_for("admin_exclusions.index"))
