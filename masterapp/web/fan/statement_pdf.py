"""The statement of prizes as one A4 page, in the reader's language, for those who file paper."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import typst
from flask import g

from masterapp.campaigns.models import Campaign, Game
from masterapp.prizes import statement
from masterapp.prizes.endings import Account
from masterapp.prizes.models import Seal
from masterapp.texts import language
from masterapp.texts import translate as _
from masterapp.web.ui import day_and_time, local

LAYOUT = Path(__file__).parent / "statement.typ"


def draw(
    campaign: Campaign, game: Game, accounts: Sequence[Account], seals: Sequence[Seal], over: bool
) -> bytes:
    """Return the page as PDF."""
    given = {
        "language": language(),
        "brand": g.brand.name,
        "title": str(_("Statement of prizes")),
        "about": f"{local(campaign.title)} · {local(game.title)} · "
        f"{day_and_time(campaign.opens_at)} – {day_and_time(campaign.closes_at)}",
        "verdict": _verdict(accounts, over),
        "heads": [
            str(word)
            for word in (
                *(_("Prize"), _("Promised"), _("Won so far"), _("Second chance")),
                *(_("Withdrawn"), _("Left"), _("Came back")),
            )
        ],
        "rows": [
            [
                local(one.prize.label),
                *map(str, (one.promised, one.won, one.passed_on)),
                *map(str, (one.withdrawn, one.left, one.came_back)),
            ]
            for one in accounts
        ],
        "proofs": [
            {"label": f"{_('Seal %(seal)s', seal=seal.number)} · {name}", "value": value.hex()}
            for seal in seals
            for name, value in (
                (_("Fingerprint of all moments"), seal.root),
                (_("Secret"), seal.revealed),
            )
            if value
        ],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "page.typ").write_text(LAYOUT.read_text("utf-8"), "utf-8")
        (folder / "statement.json").write_text(json.dumps(given), "utf-8")
        return bytes(
            typst.compile(
                str(folder / "page.typ"), root=name, ignore_system_fonts=True, format="pdf"
            )
        )


def _verdict(accounts: Sequence[Account], over: bool) -> str:
    if not over:
        return str(_("The game goes on: these are the figures of this moment."))
    if statement.complete(accounts):
        return str(_("All prizes were awarded or made available."))
    return str(_("Some prizes are neither won nor given to a second-chance draw yet."))
