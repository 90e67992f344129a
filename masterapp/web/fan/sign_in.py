"""Signing in on pages of their own: e-mail, code, and one free choice. They work without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from masterapp.brands.access import public
from masterapp.db import now
from masterapp.errors import Refused
from masterapp.fans import consents
from masterapp.identity import service as identity
from masterapp.identity import sessions
from masterapp.identity.api import ASK_PACE, PROVE_PACE
from masterapp.identity.current import keep_signed_in
from masterapp.limits import limiter
from masterapp.texts import language
from masterapp.texts import translate as _
from masterapp.web.fan import visitor
from masterapp.web.fan.frame import blueprint

Answer = str | Response | tuple[str, int]


def _next() -> str:
    return visitor.safe_return(request.values.get("next"))


def _first_error(refusal: Refused) -> str:
    """Return what is wrong in one sentence: of the field when the refusal names one."""
    return next(
        (sentences[0] for sentences in refusal.fields.values() if sentences), refusal.message
    )


def _email_page(email: str = "", error: str = "") -> str:
    ways = visitor.ways_to_sign_in(g.brand, _next())
    return render_template(
        "fan/sign_in.html", next=_next(), email=email, error=error, providers=ways
    )


@blueprint.get("/sign-in")
@public
def sign_in() -> Answer:
    """The first step: the e-mail address."""
    return redirect(_next()) if g.fan else _email_page()


@blueprint.post("/sign-in/code")
@limiter.limit(ASK_PACE)
@public
def send_code() -> Answer:
    """Send a code; the answer never tells whether the address is known."""
    email = request.form.get("email", "").strip()
    try:
        asked = identity.request_code(g.brand, email, locale=language(), at=now())
    except Refused as refusal:
        return _email_page(email, _first_error(refusal)), refusal.status
    return _code_page(email, asked.sign_in)


def _code_page(email: str, sign_in_id: UUID, error: str = "") -> str:
    return render_template(
        "fan/code.html", next=_next(), email=email, sign_in=sign_in_id, error=error
    )


@blueprint.post("/sign-in/confirmation")
@limiter.limit(PROVE_PACE)
@public
def check_code() -> Answer:
    """The second step: a right code opens the session of this browser."""
    sign_in_id = visitor.read_id(request.form.get("sign_in"))
    code = "".join(request.form.get("code", "").split())
    try:
        proved = identity.prove_code(
            g.brand, sign_in_id, code, source={"page": "sign_in"}, at=now()
        )
    except Refused as refusal:
        return _code_page(
            request.form.get("email", ""), sign_in_id, _first_error(refusal)
        ), refusal.status
    opened = sessions.open_session(
        proved.fan, "hosted", at=now(), user_agent=request.user_agent.string
    )
    where = url_for("fan.welcome", next=_next()) if proved.new else _next()
    response = redirect(where, 303)
    keep_signed_in(response, g.brand, opened)
    return response


def _asked() -> list[dict[str, Any]]:
    return [words for words in consents.texts_to_show(g.brand, language()) if words["at_sign_in"]]


@blueprint.get("/sign-in/welcome")
@public
def welcome() -> Answer:
    """The one choice a new fan is asked for."""
    if g.fan is None:
        return visitor.ask_to_sign_in()
    return render_template("fan/welcome.html", consents=_asked(), next=_next())


@blueprint.post("/sign-in/welcome")
@public
def choose() -> Answer:
    """Record the choice; both ways lead on."""
    fan = visitor.required()
    accepts = request.form.get("choice") == "accept"
    ticked = set(request.form.getlist("granted")) if accepts else set()
    if accepts and not ticked:
        error = _("Tick what you would like to receive, or play without offers.")
        return render_template(
            "fan/welcome.html", consents=_asked(), next=_next(), error=error
        ), 422
    choices = [
        consents.Choice(
            words["purpose"], words["channel"], str(words["text_id"]) in ticked, words["text_id"]
        )
        for words in _asked()
    ]
    proof = consents.Proof(
        "sign_in", address=request.remote_addr or "", user_agent=request.user_agent.string
    )
    consents.record_consents(g.brand.id, fan.id, choices, proof, at=now())
    flash(_("Welcome! Your choices are saved."), "good")
    return make_response(redirect(_next(), 303))
