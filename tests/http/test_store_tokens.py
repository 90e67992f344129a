"""Prizes reserved to stores: a play counts as made in a store by a signed token only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.prizes import places
from masterapp.testing.factories import Player, create_brand, create_fan, create_game, create_prize
from masterapp.testing.team import create_store


def play(fan: Player, game: UUID, at: str) -> Any:
    """Play once with this token."""
    body = {
        "key": f"key-{fan.id.hex[-12:]}-{len(at)}",
        "version": 1,
        "move": {"win": True},
        "at": at,
    }
    return fan.client.post(f"/api/v1/games/{game}/plays", json=body, headers=fan.headers)


def test_a_reserved_prize_is_won_in_its_store_only(app: Flask, brand: UUID) -> None:
    """Elsewhere and in another store the play goes on and cannot win it; in the store it does."""
    lyon, paris = create_store(app, brand, "Lyon"), create_store(app, brand, "Paris")
    game = create_game(app, brand)
    create_prize(app, brand, game, stock=3, per_fan=0, store_ids=[str(lyon)])
    fans = [create_fan(app, brand) for _ in range(3)]
    with app.app_context():
        tokens = ["", places.token(brand, paris), places.token(brand, lyon)]

    answers = [play(fan, game, at) for fan, at in zip(fans, tokens, strict=True)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [len(answer.json["grants"]) for answer in answers] == [0, 0, 1]


@pytest.mark.parametrize("forged", ["other brand", "flipped", "short", "noise", "spelling"])
def test_a_forged_token_is_refused(app: Flask, brand: UUID, fan: Player, forged: str) -> None:
    """A token that is not exactly ours is refused by name, and nothing is played."""
    store = create_store(app, brand)
    game = create_game(app, brand)
    create_prize(app, brand, game, store_ids=[str(store)])
    with app.app_context():
        genuine = places.token(brand, store)
        text = {
            "other brand": places.token(create_brand(app), store),
            "flipped": ("B" if genuine[0] == "A" else "A") + genuine[1:],
            "short": genuine[:20],
            "noise": "é?" * 8,
            "spelling": genuine + "=",
        }[forged]

    answer = play(fan, game, text)

    assert (answer.status_code, answer.json["code"]) == (403, "store_token_wrong")
    assert play(fan, game, genuine).status_code == 200
