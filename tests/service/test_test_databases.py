"""The test kit's databases: isolated, quick, and cleaned up behind sessions that were killed."""

import os
import signal
import subprocess
import sys
import time

import psycopg

from masterapp.testing.postgres import TestServer


def test_empty_removes_committed_rows(postgres_server: TestServer, clean_database: str) -> None:
    """Rows that another connection committed are gone after `empty`, whatever points at them."""
    with psycopg.connect(clean_database) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'sleep')"
        )
    postgres_server.empty(clean_database)
    with psycopg.connect(clean_database) as connection:
        left = connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()
    assert left == (0,)


def test_the_database_of_a_killed_session_is_dropped(postgres_server: TestServer) -> None:
    """A session that dies without a word leaves its database behind, and the next one drops it."""
    code = (
        "import sys\n"
        "from urllib.parse import urlsplit\n"
        "from masterapp.testing.postgres import TestServer\n"
        f"with TestServer({postgres_server.url!r}).new_database() as url:\n"
        "    print(urlsplit(url).path[1:], flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as session:
        assert session.stdout
        name = session.stdout.readline().strip()
        postgres_server.remove_orphans()
        assert name in _databases(postgres_server)
        os.kill(session.pid, signal.SIGKILL)
        session.wait()
    deadline = time.monotonic() + 10
    while name in _databases(postgres_server) and time.monotonic() < deadline:
        time.sleep(0.05)
        postgres_server.remove_orphans()
    assert name not in _databases(postgres_server)


def _databases(server: TestServer) -> set[str]:
    with psycopg.connect(server.url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
