"""The list of a draw before it is fixed: looked through and decided of by entry; leaving out takes two people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from masterapp.brands.access import allow
from masterapp.db import now
from masterapp.draws import figures, reviewing, service
from masterapp.draws.models import Draw
from masterapp.draws.wording import CLASSES, REASONS, state_of
from masterapp.errors import Refused
from masterapp.fairness import four_eyes
from masterapp.fairness.models import Proposal
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _
from masterapp.web.admin import decisions, posted
from masterapp.web.admin.draws import blueprint, opened, tried
from masterapp.web.admin.shell import MAKERS, READERS, desk
from masterapp.web.ui import local

#: What can be asked for in the address → the class that is listed.
FILTERS = {"in": 0, "verify": 4, "excluded": 3, "withdrawn": 1}


@blueprint.get("/draws/<uuid:draw_id>/entries")
@allow(*READERS)
def entries(draw_id: UUID) -> str:
    """List the entries with the most tickets first, searched by number, name or e-mail."""
    draw, _campaign = opened(draw_id)
    return _page(draw, {}, {})


def _page(draw: Draw, errors: posted.Errors, typed: Mapping[str, str]) -> str:
    _draw, campaign = opened(draw.id)
    words = request.args.get("q", "").replace("\0", "")[:120]
    kind = request.args.get("class", "")
    first = min(max(request.args.get("first", 0, type=int), 0), 10**9)
    rows, more = reviewing.entries(draw, words, FILTERS.get(kind), first)
    asked = {"q": words, "class": kind if kind in FILTERS else ""}
    waiting = reviewing.waiting(draw)
    me = desk().member.id
    return render_template(
        "admin/draws/entries.html",
        here="campaigns",
        draw=draw,
        campaign=campaign,
        state=state_of(draw, now()),
        figures=figures.of([draw])[draw.id],
        rows=rows,
        first=first,
        following=first + reviewing.PAGE if more else None,
        asked=asked,
        kept={**asked, "first": first} if first else asked,
        classes=CLASSES,
        reasons=REASONS,
        waiting=waiting,
        mine={
            fan_id
            for fan_id, proposal in waiting.items()
            if any(v.member_id == me and v.agrees for v in four_eyes.voices(proposal))
        },
        open=desk().may_edit and draw.state == "open",
        errors=errors,
        typed=typed,
        longest=reviewing.LONGEST_SENTENCE,
    )


@blueprint.post("/draws/<uuid:draw_id>/entries/<uuid:fan_id>")
@allow(*MAKERS)
def decide(draw_id: UUID, fan_id: UUID) -> Any:
    """Decide of one entry: propose to leave it out, have it verified if it wins, or put it back."""
    draw, _campaign = opened(draw_id)
    member_id, at = desk().member.id, now()
    match request.form.get("do"):
        case "exclude":
            done = _("Proposed: once a second person agrees, this entry is left out.")

            def work() -> None:
                reviewing.propose_exclusion(
                    draw,
                    fan_id,
                    reason=request.form.get("reason", ""),
                    sentence=request.form.get("sentence", "").replace("\0", ""),
                    member_id=member_id,
                    at=at,
                )

        case "verify":
            done = _("If this entry wins, it is verified first.")

            def work() -> None:
                reviewing.ask_to_verify(draw, fan_id, at=at, member_id=member_id)

        case "undo":
            done = _("This entry is in the draw like any other.")

            def work() -> None:
                reviewing.put_back(draw, fan_id, at=at, member_id=member_id)

        case _:
            raise Refused("malformed")
    return _answered(draw, fan_id, tried(work), done)


@blueprint.post("/draws/<uuid:draw_id>/exclusions/<uuid:proposal_id>")
@allow(*MAKERS)
def second(draw_id: UUID, proposal_id: UUID) -> Any:
    """Agree to leave an entry out, or refuse it; whoever proposed it can take it back."""
    draw, _campaign = opened(draw_id)
    said = request.form.get("do")
    proposal = reviewing.find_proposal(draw, proposal_id)
    if proposal is None:
        raise Refused("not_found")
    if said not in ("agree", "refuse"):
        raise Refused("malformed")
    member_id = desk().member.id
    refusal = tried(
        lambda: four_eyes.decide(
            draw.brand_id, proposal_id, member_id=member_id, agrees=said == "agree", at=now()
        )
    )
    done = (
        _("The entry is left out.") if said == "agree" else _("Nothing changes: the entry stays.")
    )
    return _answered(draw, UUID(proposal.payload["fan_id"]), refusal, done)


def _answered(draw: Draw, fan_id: UUID, refusal: Refused | None, done: str) -> Any:
    if refusal is not None and refusal.fields:
        typed = {**request.form.to_dict(), "fan": str(fan_id)}
        return _page(service.find(draw.brand_id, draw.id), refusal.fields, typed), refusal.status
    flash(refusal.message if refusal else done, "bad" if refusal else "good")
    asked: dict[str, Any] = {
        name: request.args[name] for name in ("q", "class", "first") if name in request.args
    }
    return redirect(url_for("admin_draws.entries", draw_id=draw.id, **asked) + f"#e-{fan_id}")


def _words(proposal: Proposal) -> decisions.Words:
    draw = service.find(proposal.brand_id, UUID(proposal.payload["draw_id"]))
    where = url_for("admin_draws.entries", draw_id=draw.id)
    return decisions.Words(_l("An entry left out of a draw"), local(draw.title), where)


decisions.KINDS[reviewing.KIND] = _words
