"""The world of the benchmark: one brand, 20,000 signed-in fans, a quiz under way and an instant win with due prizes.

Fans 1 to 10,000 play over HTTP, the others are pgbench's. Ids can be computed from a fan's number, so that neither load
generator has to look anything up.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from flask import Flask

from masterapp.db import db, now
from masterapp.identity.tokens import Token
from masterapp.registry import registry
from masterapp.testing import factories

FANS = 10_000
QUESTIONS = 20
FAN, SESSION, PLAY = 1, 2, 3


def numbered(kind: int, number: int) -> UUID:
    """The id of a fan, session or play: decimal digits are hexadecimal ones too."""
    return UUID(f"{kind}0000000-0000-7000-8000-{number:012d}")


def secret(number: int) -> bytes:
    """The bearer secret of a fan."""
    return hashlib.sha256(f"fan {number}".encode()).digest()


def token(brand_id: UUID, number: int) -> str:
    """The bearer token of a fan."""
    return str(Token(brand_id, numbered(SESSION, number), secret(number)))


def quiz_config() -> dict[str, object]:
    """Twenty questions of four answers, the next one shown with the answer to the last."""
    return {
        "questions": [
            {
                "kind": "choose_one",
                "text": {
                    "fr": f"Question {n} du quiz de l’année ?",
                    "en": f"Question {n} of the quiz?",
                },
                "options": [
                    {"text": {"fr": f"Réponse {o}", "en": f"Answer {o}"}, "right": o == 2}
                    for o in range(4)
                ],
                "explanation": {"fr": "Parce que.", "en": "Because."},
            }
            for n in range(QUESTIONS)
        ],
        "intro": {"fr": "Vingt questions.", "en": "Twenty questions."},
        "feedback": "end",
        "question_seconds": 0,
    }


def found(app: Flask) -> tuple[UUID, UUID, UUID]:
    """Fill the empty database; return the ids of the brand, the quiz and the instant win."""
    brand = factories.create_brand(app, slug="bench", name="Bench")
    quiz = factories.create_game(app, brand, module="quiz", config=quiz_config())
    instant = factories.create_game(
        app,
        brand,
        module="instant_win",
        config=dict(registry["instant_win"].module.starters[0].config),
    )
    prize = factories.create_prize(app, brand, instant, stock=500, per_fan=0)
    names = {"brand": brand, "far": now() + timedelta(days=2)}
    with app.app_context(), db.transaction():
        driver = db.driver
        # One prize becomes due every second from half a minute on: most plays lose, as they do in life.
        driver.execute(
            "UPDATE winning_moment SET opens_at = now() + interval '30 s' + n * interval '1 s' FROM ("
            " SELECT id, row_number() OVER (ORDER BY id) AS n FROM winning_moment WHERE prize_id = %s"
            ") AS line WHERE winning_moment.id = line.id",
            (prize,),
        )
        with driver.cursor() as cursor:
            with cursor.copy(
                "COPY fan (brand_id, id, email, email_key, email_domain, display_name, locale, source) FROM STDIN"
            ) as copy:
                for n in range(1, 2 * FANS + 1):
                    email = f"fan{n}@example.org"
                    copy.write_row(
                        (
                            brand,
                            numbered(FAN, n),
                            email,
                            email,
                            "example.org",
                            f"Fan {n}",
                            "fr",
                            "{}",
                        )
                    )
            with cursor.copy(
                "COPY fan_session (brand_id, id, fan_id, kind, secret_hash, rotated_at, token_expires_at,"
                " expires_at, origin, user_agent) FROM STDIN"
            ) as copy:
                for n in range(1, 2 * FANS + 1):
                    digest = hashlib.sha256(secret(n)).digest()
                    row = (brand, numbered(SESSION, n), numbered(FAN, n), "embed", digest)
                    copy.write_row((*row, now(), names["far"], names["far"], "", ""))
    _open_attempts(app, brand, quiz, instant)
    with app.app_context(), db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
    return brand, quiz, instant


def _open_attempts(app: Flask, brand: UUID, quiz: UUID, instant: UUID) -> None:
    """Let fan 1 really open the quiz and play once, then give every other fan the same progress."""
    first = factories.Player(app, brand, numbered(FAN, 1), token(brand, 1))
    opened = first.play(quiz, start=True)
    assert opened.status_code == 200, opened.json
    played = first.client.post(
        f"/api/v1/games/{instant}/plays",
        json={"key": "bench-first-1", "version": 1, "move": {"play": True}},
        headers=first.headers,
    )
    assert played.status_code == 200, played.json
    with app.app_context(), db.transaction():
        for game in (quiz, instant):
            db.driver.execute(
                _COPY_PROGRESS, {"game": game, "one": numbered(FAN, 1), "fans": 2 * FANS}
            )
            db.driver.execute(
                _COPY_PLAYS, {"game": game, "one": numbered(FAN, 1), "fans": 2 * FANS}
            )


_ID = "('{}0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid"
_COPY_PROGRESS = f"""
INSERT INTO progress (brand_id, game_id, fan_id, plays, day, day_plays, period, period_plays, open_play_id,
    open_version, open_moves, state, last_key, changed_at)
SELECT brand_id, game_id, {_ID.format(FAN)}, plays, day, day_plays, period, period_plays,
    CASE WHEN open_play_id IS NOT NULL THEN {_ID.format(PLAY)} END, open_version, open_moves, state, '', changed_at
FROM progress, generate_series(2, %(fans)s) AS n WHERE game_id = %(game)s AND fan_id = %(one)s
"""
_COPY_PLAYS = """
INSERT INTO play (brand_id, id, game_id, fan_id, number, version, opened_at, origin)
SELECT brand_id, coalesce(open_play_id, gen_random_uuid()), game_id, fan_id, plays, 1, changed_at, ''
FROM progress WHERE game_id = %(game)s AND fan_id <> %(one)s
"""
