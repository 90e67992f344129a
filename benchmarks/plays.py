"""Plays per second over HTTP with everything on, beside pgbench running the same statements, in turns."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg

from benchmarks import floor, load, results, servers, world
from benchmarks.world import FAN, FANS, PLAY, SESSION, numbered

CLIENTS = 16
ROUNDS = 3
SECONDS = 6.0
#: pgbench draws its fans from the second half; twelve digits make the tail of an id.
PREAMBLE = f"\\set n random({100_000_000_000 + FANS + 1}, {100_000_000_000 + 2 * FANS})"


class QuizFans:
    """10,000 fans answering their quiz: every request is a random fan's next answer."""

    def __init__(self, brand: UUID, game: UUID, first_play: str) -> None:
        self.brand, self.game = brand, game
        self.plays = {n: str(numbered(PLAY, n)) for n in range(1, FANS + 1)} | {1: first_play}
        self.asked = dict.fromkeys(range(1, FANS + 1), 1)
        self.busy: dict[int, int] = {}
        self.tokens = [world.token(brand, n) for n in range(FANS + 1)]

    def __call__(self, connection: int, body: bytes | None) -> bytes:
        self.busy.pop(connection, None)
        fan = random.randint(1, FANS)
        while fan in self.busy.values() or self.asked[fan] >= world.QUESTIONS:
            fan = random.randint(1, FANS)
        self.busy[connection] = fan
        question, self.asked[fan] = self.asked[fan], self.asked[fan] + 1
        move = {"question": question, "answers": ["1"]}
        sent = {"key": f"{fan}-{question}-{random.getrandbits(40)}", "version": 1, "move": move}
        path = f"/api/v1/games/{self.game}/plays/{self.plays[fan]}/moves"
        return load.post(path, self.tokens[fan], json.dumps(sent).encode())


class InstantFans:
    """10,000 fans trying their luck: every request opens and ends an attempt."""

    def __init__(self, brand: UUID, game: UUID) -> None:
        self.path = f"/api/v1/games/{game}/plays"
        self.tokens = [world.token(brand, n) for n in range(FANS + 1)]

    def __call__(self, connection: int, body: bytes | None) -> bytes:
        sent = {"key": f"i-{random.getrandbits(60)}", "version": 1, "move": {"play": True}}
        return load.post(self.path, self.tokens[random.randint(1, FANS)], json.dumps(sent).encode())


def record(act: Callable[[], Any]) -> floor.Recorded:
    """Record the statements of one request."""
    with floor.recording() as notes:
        answer = act()
    assert answer.status_code == 200, answer.json
    return notes


def pgbench_script(recorded: floor.Recorded, *, opens: bool) -> tuple[str, list[str]]:
    """Turn a recorded play into a pgbench script over the second half of the fans."""

    def tail(kind: int) -> str:
        return f"('{kind}0000000-0000-7000-8000-0' || right(:n::text, 11))::uuid"

    play = "(SELECT id FROM fresh)" if opens else tail(PLAY)
    replace = {
        "session": tail(SESSION),
        "fan": tail(FAN),
        "play": play,
        "key": "uuidv7()::text",
        "entry": "uuidv7()",
        "grant": "uuidv7()",
        "entry_key": "uuidv7()::text",
        "now": "now()",
        "slot": ":slot",
    }
    preamble = PREAMBLE + "\n\\set slot random(0, 15)"
    if opens:
        replace["finished_at"] = "now()"
    else:
        preamble += "\n\\set move random(1000, 2000000000)"
        replace |= {"move": ":move", "open_play": tail(PLAY)}
    return floor.script(recorded, preamble, replace)


def statements_per_play(url: str, act: Callable[[], Any]) -> float:
    """Count what the server executed for one play, BEGIN and COMMIT included, over twenty plays."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_statements_reset()")
        for _ in range(20):
            answer = act()
            assert answer.status_code == 200, answer.json
        row = connection.execute(
            "SELECT sum(calls) FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'"
        ).fetchone()
        assert row is not None
        return float(row[0]) / 20


def measure(
    name: str,
    address: tuple[str, int],
    web: subprocess.Popen[bytes],
    url: str,
    fans: load.NextRequest,
    script: tuple[str, list[str]],
    statements: float,
) -> None:
    """Measure HTTP and pgbench in turns, because the machine drifts, and keep the figures."""
    load.run(address, fans, clients=CLIENTS, seconds=2)
    floors, ours, times, failures, spent = [], [], load.Measured(0), [], 0.0
    for _ in range(ROUNDS):
        floors.append(floor.run(url, *script, clients=CLIENTS, seconds=SECONDS)[0])
        before = servers.seconds_of_cpu(web)
        run = load.run(address, fans, clients=CLIENTS, seconds=SECONDS)
        spent += servers.seconds_of_cpu(web) - before
        ours.append(run.rate)
        times.times_ms += run.times_ms
        failures += run.failures
    if failures:
        raise RuntimeError(f"{name}: {len(failures)} failures, such as {failures[0]!r}")
    results.keep(
        name,
        {
            "rps": round(statistics.mean(ours), 1),
            "floor": round(statistics.mean(floors), 1),
            "ratio": round(statistics.mean(ours) / statistics.mean(floors), 3),
            "p50_ms": round(times.percentile(0.50), 1),
            "p95_ms": round(times.percentile(0.95), 1),
            "p99_ms": round(times.percentile(0.99), 1),
            "statements": statements,
            "web_cpu_ms": round(1000 * spent / len(times.times_ms), 2),
        },
    )
