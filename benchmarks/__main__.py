"""``make bench``: starts its own database and servers, measures, prints, and keeps the figures in var/bench.json."""

from __future__ import annotations

from masterapp.app import create_app
from masterapp.settings import Settings
from masterapp.testing.factories import Player

from benchmarks import plays, results, servers, world
from benchmarks.world import FAN, numbered


def main() -> None:
    key = servers.fresh_key()
    with servers.database() as url:
        app = create_app(Settings.from_environ({}, database_url=url, secret_key=key))
        app.config["RATELIMIT_ENABLED"] = True
        brand, quiz, instant = world.found(app)
        recorder = world.FANS + 1

        def fan(number: int) -> Player:
            return Player(app, brand, numbered(FAN, number), world.token(brand, number))

        def answer(player: Player, number: int, question: int) -> object:
            play = str(numbered(world.PLAY, number))
            return player.play(quiz, play=play, question=question, answers=["1"])

        def luck(player: Player) -> object:
            path = f"/api/v1/games/{instant}/plays"
            body = {
                "key": f"luck-{world.now().timestamp()}".replace(".", "-"),
                "version": 1,
                "move": {"play": True},
            }
            return player.client.post(path, json=body, headers=player.headers)

        # The first request of a process fills its caches: the recorded one is a later one.
        first = answer(fan(recorder), recorder, 1)
        assert first.status_code == 200, first.json
        luck(fan(recorder))
        quiz_script = plays.pgbench_script(
            plays.record(app, brand, recorder, lambda player: answer(player, recorder, 2)),
            opens=False,
        )
        instant_script = plays.pgbench_script(plays.record(app, brand, recorder, luck), opens=True)
        numbers = iter(range(world.FANS + 100, world.FANS + 200))
        quiz_statements = plays.statements_per_play(
            url, lambda: (lambda n: answer(fan(n), n, 1))(next(numbers))
        )
        instant_statements = plays.statements_per_play(url, lambda: luck(fan(next(numbers))))
        opened = fan(1).look(quiz).json["play"]["id"]
        app.extensions["masterapp-engine"].dispose()

        with servers.web(url, key) as (address, process):
            quiz_fans = plays.QuizFans(brand, quiz, opened)
            plays.measure("play_quiz", address, url, quiz_fans, quiz_script, quiz_statements)
            luck_fans = plays.InstantFans(brand, instant)
            plays.measure(
                "play_instant_win", address, url, luck_fans, instant_script, instant_statements
            )
            results.keep("memory", {"per_worker_mb": round(servers.memory_per_worker(process), 1)})


main()
