"""Making draws on the desk: the form of one draw, of several tiers, or of what nobody won, and the edit of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from marshmallow import Schema

from masterapp.brands.access import allow
from masterapp.campaigns import service as campaigns
from masterapp.campaigns.models import Campaign
from masterapp.db import now
from masterapp.draws import second_chance, service
from masterapp.draws.models import Draw
from masterapp.draws.terms import FORM
from masterapp.errors import Refused
from masterapp.texts import translate as _
from masterapp.texts import translate_plural
from masterapp.web import forms
from masterapp.web.admin import draw_forms, posted
from masterapp.web.admin.draws import blueprint, opened, tried
from masterapp.web.admin.games import open_row_of
from masterapp.web.admin.kit import Kit
from masterapp.web.admin.shell import MAKERS, desk

_NEW = "/campaigns/<uuid:campaign_id>/draws/new"


@blueprint.get(_NEW)
@allow(*MAKERS)
def new(campaign_id: UUID) -> str:
    """Show the form of a new draw, begun from a template."""
    campaign = campaigns.find(desk().brand.id, campaign_id)
    template = draw_forms.template_named(request.args.get("from", ""))
    dates = draw_forms.typed_dates(service.default_dates(campaign, now()))
    return _form_page(campaign, None, template, draw_forms.beginning(template), dates, {})


@blueprint.post(_NEW)
@allow(*MAKERS)
def create(campaign_id: UUID) -> Any:
    """Make the draft, or the drafts of several tiers; two taps make them once."""
    campaign = campaigns.find(desk().brand.id, campaign_id)
    template = draw_forms.template_named(request.form.get("template", ""))
    key, made = posted.once(Draw)
    if made is not None:
        return _made([made], campaign, template)
    if template.name == "second_chance":
        return _second_chance(campaign, template, key)
    schema = _schema_of(template)
    raw, values, errors = draw_forms.read(schema)
    dates, wrong = draw_forms.read_dates()
    errors |= wrong
    drafts: list[Draw] = []
    refusal = None
    if not errors:
        errors, refusal = posted.attempt(
            lambda: drafts.extend(draw_forms.make(campaign, values, dates, key=key, now=now()))
        )
    if errors or refusal:
        return _form_page(campaign, None, template, raw, request.form, errors), 422
    flash(_saved(len(drafts)), "good")
    return _made(drafts, campaign, template)


def _saved(drafts: int) -> str:
    if drafts > 1:
        return translate_plural(
            "%(num)s draw is saved as a draft: look at it, then announce it.",
            "%(num)s draws are saved as drafts: look at each, then announce it.",
            drafts,
        )
    return _("Saved. Look once more, then announce it.")


def _made(drafts: list[Draw], campaign: Campaign, template: draw_forms.Template) -> Any:
    if template.name == "tiers":
        return redirect(url_for("admin_campaigns.show", campaign_id=campaign.id) + "#draws")
    return redirect(url_for("admin_draws.show", draw_id=drafts[0].id))


def _second_chance(campaign: Campaign, template: draw_forms.Template, key: UUID) -> Any:
    """Make and announce the draw of everything that is left, in one step."""
    title = {locale: text.strip()[:80] for locale, text in posted.localised("title").items()}
    title = {locale: text for locale, text in title.items() if text}
    dates, errors = draw_forms.read_dates()
    if not title:
        errors["title"] = [_("Fill this text in at least one language.")]
    refusal = None
    if not errors:
        member_id = desk().member.id
        refusal = tried(
            lambda: second_chance.announce(
                campaign, title, dates, now=now(), member_id=member_id, key=key
            )
        )
        errors = refusal.fields if refusal else {}
    if errors or refusal:
        if refusal and not errors:
            flash(refusal.message, "bad")
        return _form_page(
            campaign, None, template, {"title": posted.localised("title")}, request.form, errors
        ), 422
    flash(_("The draw is announced: everybody can see it."), "good")
    return redirect(url_for("admin_draws.show", draw_id=key))


def _schema_of(template: draw_forms.Template) -> Schema:
    return draw_forms.TIERS if template.name == "tiers" else FORM


def _form_page(
    campaign: Campaign,
    draw: Draw | None,
    template: draw_forms.Template,
    raw: Mapping[str, Any],
    dates: Mapping[str, str],
    errors: posted.Errors,
) -> str:
    second = template.name == "second_chance" and draw is None
    nodes = forms.build(_schema_of(template), raw, errors)
    grouped = {} if second else forms.groups(nodes)
    folded = {name: grouped.pop(name) for name in draw_forms.FOLDED if name in grouped}
    return render_template(
        "admin/draws/edit.html",
        here="campaigns",
        campaign=campaign,
        draw=draw,
        template=template,
        templates=draw_forms.TEMPLATES,
        title_node=nodes[0],
        groups=grouped,
        folded=folded,
        folded_open=any(node.errors for inner in folded.values() for node in inner),
        titles=draw_forms.GROUPS,
        form_name="tiers" if template.name == "tiers" else "draw",
        dates=dates,
        errors=errors,
        left=second_chance.left_in(campaign, now()) if second else [],
        kit=Kit(),
        local_now=now().astimezone(desk().zone),
    )


@blueprint.post("/draws/rows")
@allow(*MAKERS)
def open_row() -> str:
    """Draw one prize or tier as open fields."""
    schema = draw_forms.SCHEMAS.get(request.form.get("module", ""))
    if schema is None:
        raise Refused("not_found")
    return open_row_of(schema, request.form.get("path", ""))


@blueprint.get("/draws/<uuid:draw_id>/edit")
@allow(*MAKERS)
def edit(draw_id: UUID) -> Any:
    """Show the form of a draft."""
    draw, campaign = opened(draw_id)
    if draw.state != "draft":
        return redirect(url_for("admin_draws.show", draw_id=draw.id))
    dates = draw_forms.typed_dates(draw_forms.dates_of(draw))
    template = draw_forms.TEMPLATES[0]
    return _form_page(campaign, draw, template, draw_forms.as_form(draw), dates, {})


@blueprint.post("/draws/<uuid:draw_id>/edit")
@allow(*MAKERS)
def save(draw_id: UUID) -> Any:
    """Save a draft; whoever saves second is told, and keeps what they typed."""
    draw, campaign = opened(draw_id)
    raw, values, errors = draw_forms.read(FORM)
    dates, wrong = draw_forms.read_dates()
    errors |= wrong
    refusal = None

    def work() -> None:
        service.edit(draw, values, dates, seen=posted.seen(), member_id=desk().member.id)
        draw_forms.check_dates(draw, now())

    if not errors:
        errors, refusal = posted.attempt(work)
    if errors or refusal:
        if refusal and refusal.code == "conflict":
            flash(refusal.message, "bad")
        page = _form_page(campaign, draw, draw_forms.TEMPLATES[0], raw, request.form, errors)
        return page, refusal.status if refusal else 422
    flash(_saved(1), "good")
    return redirect(url_for("admin_draws.show", draw_id=draw.id))
