"""``make bench``: starts its own database and servers, measures, prints, and keeps the figures in var/bench.json."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask

from benchmarks import page, plays, results, servers, world
from benchmarks.redeem import Till
from benchmarks.world import FAN, PLAY, numbered
from masterapp.app import create_app
from masterapp.db import db
from masterapp.settings import Settings
from masterapp.testing.factories import Player


class Bench:
    """The application in this process, used to fill the database and to record statements."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.app: Flask = create_app(Settings.from_environ({}, database_url=url, secret_key=key))
        self.app.config["WTF_CSRF_ENABLED"] = True
        self.brand, self.quiz, self.instant = world.found(self.app)
        self.keys = count()
        #: Fans of the second half, one for each recorded or counted request.
        self.fans = count(world.FANS + 1)

    def fan(self, number: int) -> Player:
        """A fan of the benchmark's world."""
        return Player(self.app, self.brand, numbered(FAN, number), world.token(self.brand, number))

    def answer(self) -> Any:
        """Let a fresh fan answer their first question."""
        number = next(self.fans)
        play = str(numbered(PLAY, number))
        return self.fan(number).play(self.quiz, attempt=play, question=1, answers=["1"])

    def luck(self) -> Any:
        """Let a fresh fan try an instant win."""
        player = self.fan(next(self.fans))
        body = {"key": f"luck-{next(self.keys):06d}", "version": 1, "move": {"play": True}}
        path = f"/api/v1/games/{self.instant}/plays"
        return player.client.post(path, json=body, headers=player.headers)

    def prepare(
        self, act: Callable[[], Any], *, opens: bool
    ) -> tuple[tuple[str, list[str]], float]:
        """Return the pgbench script of a play and the number of statements it takes."""
        act()  # The first request of a process fills its caches: the recorded one is a later one.
        script = plays.pgbench_script(plays.record(act), opens=opens)
        return script, plays.statements_per_play(self.url, act)

    def page_path(self) -> str:
        """The hosted page of the instant win."""
        with self.app.app_context():
            row = db.driver.execute(
                "SELECT campaign.slug, game.slug FROM game JOIN campaign ON campaign.brand_id = game.brand_id"
                " AND campaign.id = game.campaign_id WHERE game.id = %s",
                (self.instant,),
            ).fetchone()
        assert row is not None
        return f"/play/bench/campaigns/{row[0]}/{row[1]}"

    def first_play_of(self, number: int, game: UUID) -> str:
        """The attempt that a fan has open."""
        return str(self.fan(number).look(game).json["play"]["id"])


def main() -> None:
    """Measure everything, or only the parts that are named on the command line."""
    wanted = set(sys.argv[1:]) or {"plays", "redeem", "page", "draw"}
    key = servers.fresh_key()
    # The request log goes where the server's log goes: the figures stay readable.
    sys.stderr = (servers.ROOT / "var" / "bench.log").open("w")
    if wanted & {"plays", "redeem", "page"}:
        with servers.database() as url:
            bench = Bench(url, key)
            quiz = bench.prepare(bench.answer, opens=False)
            instant = bench.prepare(bench.luck, opens=True)
            till = Till(bench.app, bench.brand, numbered(FAN, 1))
            redeem = till.script(), plays.statements_per_play(url, till.act)
            quiz_fans = plays.QuizFans(bench.brand, bench.quiz, bench.first_play_of(1, bench.quiz))
            path = bench.page_path()
            bench.app.extensions["masterapp-engine"].dispose()
            with servers.web(url, key) as (address, process):
                if "plays" in wanted:
                    plays.measure("play_quiz", address, process, url, quiz_fans, *quiz)
                    fans = plays.InstantFans(bench.brand, bench.instant)
                    plays.measure("play_instant_win", address, process, url, fans, *instant)
                if "redeem" in wanted:
                    plays.measure("redeem", address, process, url, till, *redeem)
                if "page" in wanted:
                    page.measure(address, path)
                memory = round(servers.memory_per_worker(process), 1)
                results.keep("memory", {"per_worker_mb": memory})
    if "draw" in wanted:
        for module in ("benchmarks.draw", "benchmarks.draw_database"):
            subprocess.run([sys.executable, "-m", module], check=True, env=dict(os.environ))


if __name__ == "__main__":
    main()
