"""Games inside other sites: the page in the frame, and the one script that a host page includes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, render_template, request

from masterapp.brands.access import public
from masterapp.texts import LOCALES
from masterapp.web.assets import FOLDER, serve
from masterapp.web.fan import game_page, queries
from masterapp.web.fan.frame import dress, take_brand
from masterapp.web.headers import ORIGIN, allow_framing

blueprint = Blueprint("embed", __name__, template_folder="templates")
blueprint.context_processor(dress)


@blueprint.get("/embed.js")
@public
def script() -> Response:
    """The script of the public snippet: it draws the frame and follows its height."""
    response = serve(FOLDER / "embed", "embed.js")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/embed/<brand>/<campaign>/<game>")
@public
def frame(brand: str, campaign: str, game: str) -> str:
    """A game for an iframe: only the campaign's own origins may show it, and it needs no cookie."""
    found = take_brand(brand)
    g.fan = None
    if request.args.get("lang") not in LOCALES and not request.cookies.get("lang"):
        g.locale = request.accept_languages.best_match(LOCALES)
    shown = queries.campaign(found.id, campaign)
    allow_framing(shown.campaign.origins)
    chosen = queries.game(shown, game)
    return render_template("embed/frame.html", shown=shown, game=chosen, **_contents(shown, chosen))


def covers(allowed: str, origin: str) -> bool:
    """Whether an allowed origin, which may begin with ``*.``, names this one."""
    if not ORIGIN.fullmatch(origin) or "*" in origin:
        return False
    scheme, _, host = allowed.partition("://")
    if host.startswith("*."):
        return origin.startswith(f"{scheme}://") and origin.endswith(host[1:])
    return origin == allowed


def _contents(shown: queries.Shown, game: Any) -> dict[str, Any]:
    """Return the page's data; the host's origin counts only when the campaign names it."""
    said = request.args.get("origin", "")
    origin = said if any(covers(allowed, said) for allowed in shown.campaign.origins) else ""
    page = game_page.framed(shown, game, origin)
    page["island"]["place"]["host"] = origin
    return page
