"""The demo's draws: held, verified by the published program, and open for whoever comes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flask import Flask

from masterapp.db import db
from masterapp.demo.lots import Lots
from masterapp.demo.seed import DemoWorld
from masterapp.draws import lists, service
from masterapp.exact.log import verify_log
from masterapp.fairness import log
from masterapp.testing.factories import rows

VERIFIER = Path(__file__).parents[2] / "static" / "verify" / "verify_draw.py"


def test_the_draws_of_the_demo_are_true(full_app: Flask, tmp_path: Path) -> None:
    """Past draws are settled and pass the published verifier, open ones can be entered, and no letter waits."""
    with full_app.app_context():
        with db.transaction():
            DemoWorld(120).write()
        Lots().write()

    states = rows(full_app, "SELECT state, count(*) FROM draw GROUP BY state ORDER BY state")
    assert dict(states)["settled"] >= 2
    assert dict(states)["open"] == 5
    for brand, draw in rows(full_app, "SELECT brand_id, id FROM draw WHERE state = 'settled'"):
        with full_app.app_context():
            found = service.find(brand, draw)
            content = lists.document(found, "certificate")
            assert content is not None
            (tmp_path / "certificate.json").write_bytes(content)
            (tmp_path / "entries.bin").write_bytes(b"".join(lists.file_of(found)))
            assert found.commitment is not None
            assert found.commitment["draw_at"] == service.instant(found.draws_at)
        done = subprocess.run(
            [sys.executable, str(VERIFIER), "full", "certificate.json", "entries.bin"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    assert rows(full_app, "SELECT count(*) > 20 FROM draw_entry WHERE staked > 0") == [(True,)]
    waiting = (
        "SELECT task_name, count(*) FROM procrastinate_jobs"
        " WHERE task_name LIKE '%%draw' OR starts_with(task_name, 'tell_') GROUP BY task_name"
    )
    assert rows(full_app, waiting) == [("commit_draw", 5)]
    with full_app.app_context():
        records = [one.record for one in log.since(brand, 0, 10_000)]
        assert verify_log(records) == log.head(brand)
