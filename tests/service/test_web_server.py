"""The web server as it really runs: it comes back, ends politely, and refuses what is not HTTP."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from flask import Flask

from masterapp.server.__main__ import ROOT, web_server
from masterapp.server.supervisor import Supervisor
from masterapp.testing.patience import soon

PATIENCE = 30.0


@pytest.fixture
def port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def supervisor(app: Flask, tmp_path: Path, port: int) -> Iterator[Supervisor]:
    """The web server on this test's database, looked after as by ``make run``."""
    supervisor = Supervisor(ROOT, tmp_path / "var", lambda _: None)
    settings = app.config["SETTINGS"]
    own = {"DATABASE_URL": settings.database_url, "SECRET_KEY": settings.secret_key}
    supervisor.environment = {**os.environ, **own}
    supervisor.start("web server", web_server("127.0.0.1", port))
    watching = threading.Thread(target=supervisor.watch, args=[lambda: None])
    watching.start()
    try:
        assert soon(lambda: answers(port), PATIENCE)
        yield supervisor
    finally:
        supervisor.enough.set()
        watching.join()
        supervisor.stop()


def answers(port: int) -> bool:
    """Whether the server and its database answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main_process(supervisor: Supervisor) -> subprocess.Popen[bytes]:
    """The server's first process."""
    process = supervisor.children[0].process
    assert process is not None
    return process


def said(port: int, sent: bytes) -> bytes:
    """Send bytes and return what comes back first."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        wire.sendall(sent)
        return wire.recv(65536)


def test_it_survives_its_parts(supervisor: Supervisor, port: int) -> None:
    """A killed worker is replaced; when the first process is killed, its workers go and the port is served again."""
    first = main_process(supervisor)
    workers = psutil.Process(first.pid).children()
    assert len(workers) == os.cpu_count()
    workers[0].kill()
    assert answers(port) or soon(lambda: answers(port), PATIENCE)
    assert soon(lambda: len(psutil.Process(first.pid).children()) == os.cpu_count(), PATIENCE)

    workers = psutil.Process(first.pid).children()
    first.kill()
    assert soon(lambda: main_process(supervisor).pid != first.pid and answers(port), PATIENCE)
    assert soon(lambda: not any(worker.is_running() for worker in workers), PATIENCE)


def test_what_is_under_way_is_finished(supervisor: Supervisor, port: int) -> None:
    """A request whose body is still arriving when the server is told to stop gets its answer."""
    head = b"POST /api/v1/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(head + b"{}")
        time.sleep(0.3)
        os.killpg(main_process(supervisor).pid, signal.SIGTERM)
        time.sleep(0.3)
        wire.sendall(b"  ")
        assert wire.recv(65536).startswith(b"HTTP/1.1 404 ")


def test_what_is_not_http_is_refused(supervisor: Supervisor, port: int) -> None:
    """Garbage gets a refusal, and the next request its answer."""
    get = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
    post = b"POST /api/v1/nothing HTTP/1.1\r\nHost: x\r\n"
    assert said(port, b"GARBAGE\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert said(port, get + b"No colon\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert said(port, get + b"X\xff: y\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert said(port, get + b"X: \xff\xfe\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert said(port, get + b"X: " + b"a" * 600_000 + b"\r\n\r\n").startswith(b"HTTP/1.1 431")
    assert said(port, post + b"Content-Length: -5\r\n\r\n").startswith(b"HTTP/1.1 400")
    # Two lengths: the message ends where the chunks say, and nothing after it is read as a request.
    both = post + b"Content-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert b"HTTP/1.1 200" not in said(port, both + get + b"\r\n")
    assert said(port, get + b"\r\n").startswith(b"HTTP/1.1 200")
