"""The statement that all prizes were awarded or made available: what became of every unit, signed by the brand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from masterapp.brands.models import Brand
from masterapp.campaigns.models import Campaign, Game
from masterapp.exact.times import written
from masterapp.fairness import log, signing
from masterapp.prizes import endings
from masterapp.prizes.endings import Account

VERSION = "IWS1-STATEMENT-1"


def complete(accounts: Iterable[Account]) -> bool:
    """Whether every unit was won or given to a draw: none is left and none was taken back."""
    return all(not account.left and not account.withdrawn for account in accounts)


def document(brand: Brand, campaign: Campaign, game: Game, now: datetime) -> dict[str, Any]:
    """Return the account of a game's prizes as canonical JSON with the brand's signature."""
    accounts = endings.accounts(game)
    return signing.sign(
        brand.id,
        {
            "v": VERSION,
            "brand": _text(brand.name),
            "campaign": _texts(campaign.title),
            "game": str(game.id),
            "over": endings.is_over(game, now),
            "closes_at": written(int(campaign.closes_at.timestamp()))
            if campaign.closes_at
            else None,
            "written_at": written(int(now.timestamp())),
            "complete": complete(accounts),
            "log_head": log.head(brand.id).hex(),
            "prizes": [
                {
                    "id": str(account.prize.id),
                    "label": _texts(account.prize.label),
                    "promised": account.promised,
                    "won": account.won,
                    "came_back": account.came_back,
                    "passed_on": account.passed_on,
                    "withdrawn": account.withdrawn,
                    "left": account.left,
                }
                for account in accounts
            ],
        },
    )


def _text(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _texts(localised: Mapping[str, str]) -> dict[str, str]:
    return {locale: _text(text) for locale, text in localised.items()}
