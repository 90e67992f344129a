"""The benchmark's own servers: a PostgreSQL with every safety on, and the web server as ``make run`` starts it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from masterapp.db import upgrade
from masterapp.server import postgres
from masterapp.server.__main__ import web_server

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "var" / "bench-postgres"
OPTIONS = (
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "shared_preload_libraries=pg_stat_statements",
    "pg_stat_statements.track=top",
)


@contextmanager
def database() -> Iterator[str]:
    """A fresh cluster with an empty, migrated database; removed at the end."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    cluster = postgres.start(FOLDER, OPTIONS)
    try:
        cluster.ensure_database("bench")
        url = cluster.url("bench")
        upgrade(url)
        with cluster.connect("bench") as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
        yield url
    finally:
        cluster.stop()
        shutil.rmtree(FOLDER, ignore_errors=True)


@contextmanager
def web(url: str, secret_key: str) -> Iterator[tuple[tuple[str, int], subprocess.Popen[bytes]]]:
    """The web server as `make run` starts it, nothing switched off."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (ROOT / "var" / "bench-web.log").open("wb")
    process = subprocess.Popen(
        web_server("127.0.0.1", port),
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "SECRET_KEY": secret_key},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
                break
            except OSError:
                time.sleep(0.1)
        yield ("127.0.0.1", port), process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        log.close()


def seconds_of_cpu(process: subprocess.Popen[bytes]) -> float:
    """The processor time that a server and its workers have used so far: it tells more than a busy machine's clock."""
    root = psutil.Process(process.pid)
    spent = [one.cpu_times() for one in (root, *root.children(recursive=True))]
    return sum(times.user + times.system for times in spent)


def memory_per_worker(process: subprocess.Popen[bytes]) -> float:
    """The largest unshared memory of a worker process, in MB."""
    workers = psutil.Process(process.pid).children()
    return max(worker.memory_full_info().uss for worker in workers) / 1e6


def fresh_key() -> str:
    """A secret key for this run."""
    return secrets.token_hex(32)
