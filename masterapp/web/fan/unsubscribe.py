"""The link at the foot of an offer: one click in the mail program, or one button on a page, and no sign-in."""

from __future__ import annotations

from flask import Response, g, render_template, request

from masterapp.brands.access import public, public_post
from masterapp.db import now
from masterapp.fans.consents import Proof
from masterapp.fans.unsubscribe import read_link_token
from masterapp.fans.unsubscribe import unsubscribe as withdraw
from masterapp.web.fan.frame import blueprint


@blueprint.get("/unsubscribe/<token>")
@public
def unsubscribe_page(token: str) -> str:
    """Ask for one click: mail scanners follow links, and must not unsubscribe anybody."""
    link = read_link_token(token, g.brand.id)
    return render_template("fan/unsubscribe.html", link=link, done=False)


@blueprint.post("/unsubscribe/<token>")
@public_post
def unsubscribe(token: str) -> str | Response:
    """Withdraw the consent; a mail program that posts ``List-Unsubscribe=One-Click`` needs no page."""
    link = read_link_token(token, g.brand.id)
    proof = Proof(
        "unsubscribe", address=request.remote_addr or "", user_agent=request.user_agent.string
    )
    withdraw(link, proof, at=now())
    if request.form.get("List-Unsubscribe") == "One-Click":
        return Response(status=204)
    return render_template("fan/unsubscribe.html", link=link, done=True)
