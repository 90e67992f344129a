"""What anybody may read of a game's seals: plan, round, root, the moments that were won, and at the end the secret.

Nothing here says anything about a moment that is still to be won.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select

from masterapp.campaigns.models import Game
from masterapp.db import db
from masterapp.draws.protocol.commitment import human_code
from masterapp.errors import Refused
from masterapp.exact.drand import randomness_of
from masterapp.exact.times import written
from masterapp.fairness import log
from masterapp.prizes import endings, sealing, seals
from masterapp.prizes.models import Seal, WinningMoment

VERSION = "IWS1-GAME-1"
#: A page of wins; the next one is asked for by the last number of this one.
MOST_WINS = 500


def document(game: Game) -> dict[str, Any]:
    """Return everything public about how a game's prizes are won, as ``flask prizes check`` reads it."""
    return {
        "v": VERSION,
        "game": str(game.id),
        "seals": [of_seal(seal) for seal in seals.of_game(game)],
        "prizes": [
            {
                "id": str(account.prize.id),
                "label": dict(account.prize.label),
                "guaranteed": account.prize.guaranteed,
                "promised": account.promised,
                "won": account.won,
                "passed_on": account.passed_on,
                "withdrawn": account.withdrawn,
                "left": account.left,
                "came_back": account.came_back,
            }
            for account in endings.accounts(game)
        ],
    }


def of_seal(seal: Seal, after: int = -1) -> dict[str, Any]:
    """Return what is public of one seal, with the wins that follow number *after*."""
    plan = seals.plan_of(seal)
    won = wins(seal, after)
    signature = seal.signature
    return {
        "id": str(seal.id),
        "number": seal.number,
        "committed_at": written(int(seal.created_at.timestamp())),
        "open_hours": seal.open_hours,
        "plan": seal.plan,
        "plan_hash": plan.hash().hex(),
        "code": code_of(seal),
        "round_at": written(int(seals.emitted_at(plan).timestamp())),
        "signature": signature.hex() if signature else None,
        "randomness": randomness_of(signature).hex() if signature else None,
        "root": seal.root.hex() if seal.root else None,
        "count": seal.count,
        "secret": seal.revealed.hex() if seal.revealed else None,
        "returns": _returns(seal),
        "wins": won,
        "more_wins_after": won[-1]["j"] if len(won) == MOST_WINS else None,
        "log": [record.record for record in log.about(seal.brand_id, seal.id)],
    }


def code_of(seal: Seal) -> str:
    """Return the code of a plan, for people to compare."""
    return human_code(seals.plan_of(seal).hash())


def wins(seal: Seal, after: int = -1) -> list[dict[str, Any]]:
    """Return the openings of the next won moments after number *after*."""
    if seal.sealed_at is None:
        return []
    query = _won(seal).where(WinningMoment.j > after).order_by(WinningMoment.j).limit(MOST_WINS)
    return [_opened(seal, moment) for moment in db.session.scalars(query)]


def win(seal: Seal, j: int) -> dict[str, Any]:
    """Return the opening of one won moment; one that is still to be won does not exist for anybody."""
    moment = db.session.scalars(_won(seal).where(WinningMoment.j == j)).first()
    if moment is None:
        raise Refused("not_found")
    return _opened(seal, moment)


def _won(seal: Seal) -> Any:
    return select(WinningMoment).where(
        WinningMoment.brand_id == seal.brand_id,
        WinningMoment.seal_id == seal.id,
        WinningMoment.taken_at.is_not(None),
    )


def _opened(seal: Seal, row: WinningMoment) -> dict[str, Any]:
    assert row.taken_at is not None
    return {
        **_tree(seal.brand_id, seal.id).open(seals.as_sealed(row)),
        "won_ms": seals.milliseconds(row.taken_at),
        "generation": row.generation,
    }


@lru_cache(maxsize=4)
def _tree(brand_id: UUID, seal_id: UUID) -> sealing.Tree:
    """The tree of a finished seal, which never changes."""
    moments = seals.moments_of(seals.find(brand_id, seal_id))
    return sealing.Tree([moment.leaf() for moment in moments])


def _returns(seal: Seal) -> list[list[int]]:
    """Return which moments closed untaken, as [number, generation, when in milliseconds], from the log."""
    return [
        [j, generation, record.data["at_ms"]]
        for record in log.about(seal.brand_id, seal.id)
        if record.record["type"] == "moments_rolled_over"
        for j, generation in record.data["moments"]
    ]
