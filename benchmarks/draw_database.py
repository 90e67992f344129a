"""A draw of full size from the database: ``python -m benchmarks.draw_database [ENTRIES]``, 10 million by default.

The entries lie in ``draw_entry`` as plays leave them there. Measured are the real steps: fixing the list (read, put in
order, hashed, written, committed to) and holding the draw (list read back, 1,000 winners, proofs, certificate). The
peak is that of all Python and PostgreSQL processes together, each shared page counted once.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import psutil
from flask import Flask

from benchmarks import results, servers
from masterapp.app import create_app
from masterapp.campaigns.models import Campaign, Game
from masterapp.db import db, now
from masterapp.draws import freezing, holding, lists, service
from masterapp.draws.terms import FORM
from masterapp.settings import Settings
from masterapp.testing import factories

ENTRIES = 10_000_000
WINNERS = 1_000

_FANS = """
INSERT INTO fan (brand_id, id, display_name, locale, source)
SELECT %(brand)s, lpad(to_hex(n), 32, '0')::uuid, '', 'fr', '{}' FROM generate_series(1, %(count)s) AS n
"""
_ENTRIES = """
INSERT INTO draw_entry (brand_id, draw_id, fan_id, tickets, salt, tag, grouping, changed_at)
SELECT %(brand)s, %(draw)s, lpad(to_hex(n), 32, '0')::uuid, 1 + n * 7919 %% 1000,
    sha256(int8send(n)), sha256(int8send(-n)), substring(sha256(int8send(n)) FOR 16), now()
FROM generate_series(1::bigint, %(count)s) AS n
"""


class Peak(threading.Thread):
    """The memory of a tree of processes, looked at all the time."""

    def __init__(self, *roots: int) -> None:
        super().__init__(daemon=True)
        self.roots = [psutil.Process(root) for root in roots]
        self.megabytes = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self.over.wait(0.25):
            found = {
                process.pid: process
                for root in self.roots
                for process in (root, *root.children(recursive=True))
            }
            total = 0
            for process in found.values():
                with suppress(psutil.NoSuchProcess):
                    total += process.memory_full_info().pss
            self.megabytes = max(self.megabytes, total // 1_000_000)


@contextmanager
def watched(url: str) -> Iterator[Peak]:
    """Watch this process, its children and the database server."""
    with db.engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    parent = psutil.Process(backend).parent()
    assert parent is not None, url
    peak = Peak(psutil.Process().pid, parent.pid)
    peak.start()
    try:
        yield peak
    finally:
        peak.over.set()
        peak.join()


def announce(app: Flask, brand: UUID, game: UUID) -> UUID:
    """A draw of a thousand prizes whose list can be fixed now."""
    with app.app_context(), db.transaction():
        campaign_id = db.session.get_one(Game, (brand, game)).campaign_id
        campaign = db.session.get_one(Campaign, (brand, campaign_id))
        prizes = [{"label": {"fr": "Maillot"}, "qty": WINNERS, "alternates": 0}]
        form = FORM.load({"title": {"fr": "Grand tirage"}, "prizes": prizes, "most": 0})
        at = now()
        dates = {
            "closes_at": at + timedelta(seconds=1),
            "commits_at": at + timedelta(seconds=1),
            "draws_at": at + timedelta(hours=2),
        }
        draw = service.create(campaign, form, dates, member_id=None)
        service.announce(draw, now=at, member_id=None)
        return draw.id


def fill(app: Flask, brand: UUID, draw: UUID, count: int) -> None:
    """Put the fans and their entries into the database; how long that takes is of no interest."""
    names: dict[str, Any] = {"brand": brand, "draw": draw, "count": count}
    with app.app_context(), db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.rollback()
        driver.autocommit = True
        driver.execute("SET session_replication_role = replica")
        driver.execute("SET maintenance_work_mem = '512MB'")
        for index in ("ix_fan_email", "ix_fan_created", "ix_fan_household", "ix_draw_entry_fan"):
            driver.execute(f"DROP INDEX {index}")
        driver.execute("DROP INDEX uq_draw_entry_tag")
        driver.execute(_FANS, names)
        driver.execute(_ENTRIES, names)
        driver.execute(
            "CREATE UNIQUE INDEX uq_draw_entry_tag ON draw_entry (brand_id, draw_id, tag)"
        )
        driver.execute("VACUUM ANALYZE draw_entry")
        driver.execute("CHECKPOINT")
        driver.autocommit = False


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(app: Flask, url: str, count: int) -> None:
    """Fix and hold one draw, and prove some entries."""
    brand = factories.create_brand(app, slug="bench", name="Bench")
    game = factories.create_game(app, brand, module="quiz", config=_quiz())
    draw = announce(app, brand, game)
    fill(app, brand, draw, count)
    with app.app_context(), watched(url) as peak:
        commit = seconds(lambda: freezing.fix(brand, draw))
        found = service.find(brand, draw)
        assert found.state == "committed", found.trouble
        assert found.draws_at is not None
        held_at: datetime = found.draws_at + timedelta(seconds=5)
        hold = seconds(lambda: holding.hold(brand, draw, at=held_at))
        db.session.refresh(found)
        assert found.state == "drawn", found.trouble
    with app.app_context():
        found = service.find(brand, draw)
        tags = [
            bytes(row[0])
            for row in db.driver.execute(
                "SELECT tag FROM draw_entry WHERE draw_id = %s AND fan_id = ANY(%s)",
                (draw, [UUID(int=1 + n * count // 200) for n in range(200)]),
            ).fetchall()
        ]
        times = sorted(seconds(lambda tag=tag: lists.leaf_of(found, tag)) for tag in tags)  # type: ignore[misc]
    results.keep(
        "draw",
        {
            "database_entries": count,
            "commit_s": round(commit, 1),
            "hold_s": round(hold, 1),
            "total_s": round(commit + hold, 1),
            "total_peak_mb": peak.megabytes,
            "proof_from_database_ms": round(1000 * median(times), 2),
            "proof_from_database_p99_ms": round(1000 * times[int(len(times) * 0.99)], 2),
        },
    )


def _quiz() -> dict[str, object]:
    from benchmarks.world import quiz_config

    return quiz_config()


def main() -> None:
    """Measure on a cluster of its own."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with servers.database() as url:
        settings = Settings.from_environ(
            {}, database_url=url, secret_key=servers.fresh_key(), beacon="demo"
        )
        app = create_app(settings)
        measure(app, url, count)
        app.extensions["masterapp-engine"].dispose()


if __name__ == "__main__":
    main()
