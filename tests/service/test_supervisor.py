"""The supervisor: what dies is told and started again, and nothing outlives the end."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from masterapp.server.ports import find_port
from masterapp.server.supervisor import Supervisor
from masterapp.server.trouble import CannotRun, last_words
from masterapp.testing.patience import soon

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
DIE = [sys.executable, "-c", "raise SystemExit('ValueError: no such thing')"]


@pytest.fixture
def told() -> list[str]:
    """What the supervisor said."""
    return []


@pytest.fixture
def supervisor(tmp_path: Path, told: list[str]) -> Supervisor:
    """A supervisor without children."""
    return Supervisor(tmp_path, tmp_path / "var", told.append)


def test_a_killed_child_is_told_and_started_again(supervisor: Supervisor, told: list[str]) -> None:
    """A child that somebody kills comes back, with one sentence about it."""
    child = supervisor.start("worker", SLEEP)
    assert child.process
    first = child.process.pid
    watching = threading.Thread(target=supervisor.watch, args=[lambda: None])
    watching.start()
    try:
        child.process.kill()
        assert soon(lambda: bool(told))
        assert soon(lambda: child.process is not None and child.process.pid != first)
    finally:
        supervisor.enough.set()
        watching.join()
        supervisor.stop()
    assert told[0].startswith("The worker was ended by signal 9")


def test_a_child_that_keeps_dying_ends_the_run(supervisor: Supervisor, told: list[str]) -> None:
    """The third death within a minute is final, and its sentence carries the child's own reason."""
    supervisor.start("web server", DIE)
    with pytest.raises(CannotRun, match=r"ValueError: no such thing.*third time"):
        supervisor.watch(lambda: None)
    supervisor.stop()
    assert len(told) == 2


def test_a_child_that_dies_at_the_start_is_told(supervisor: Supervisor) -> None:
    """Waiting for a child ends at once when it died, with its reason."""
    child = supervisor.start("web server", DIE)
    with pytest.raises(CannotRun, match="stopped while starting: ValueError: no such thing"):
        supervisor.wait_for(child, lambda: False, 30)
    supervisor.stop()


def test_stopping_leaves_no_process(supervisor: Supervisor) -> None:
    """After the end neither a child nor a child of a child is left."""
    nested = (
        "import subprocess, sys, time\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)\n"
        "sys.stdout.flush(); time.sleep(600)"
    )
    child = supervisor.start("worker", [sys.executable, "-c", nested])
    assert soon(lambda: child.log.read_text().strip().isdigit())
    grandchild = int(child.log.read_text())
    supervisor.stop()
    assert child.process
    assert child.process.poll() is not None
    assert soon(lambda: not _is_alive(grandchild))


def test_what_a_killed_run_left_is_ended(supervisor: Supervisor, tmp_path: Path) -> None:
    """The next start ends recorded processes, but not a stranger who has inherited a number."""
    left_over = subprocess.Popen(SLEEP, start_new_session=True)
    stranger = subprocess.Popen(SLEEP, start_new_session=True)
    try:
        record = [
            [left_over.pid, psutil.Process(left_over.pid).create_time()],
            [stranger.pid, psutil.Process(stranger.pid).create_time() - 3600],
        ]
        supervisor.record.write_text(json.dumps(record))
        supervisor.end_left_overs()
        assert not _is_alive(left_over.pid)
        assert stranger.poll() is None
        assert not supervisor.record.exists()
    finally:
        for process in (left_over, stranger):
            process.kill()
            process.wait()


def test_a_busy_port_moves_to_the_next() -> None:
    """Where another program has the usual port the next free one is taken, and a note says so."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        port = find_port("MasterApp", taken)
        assert port.number > taken
        assert f"Port {taken} is taken" in port.note
        with pytest.raises(CannotRun, match="choose another PORT"):
            find_port("MasterApp", 8000, str(taken), "PORT")


@pytest.mark.parametrize("word", ["http", "0", "70000"])
def test_a_port_must_be_a_number(word: str) -> None:
    """A port that cannot be is refused by name."""
    with pytest.raises(CannotRun, match="is not a port"):
        find_port("MasterApp", 8000, word, "PORT")


def test_the_reason_is_found_in_a_log(tmp_path: Path) -> None:
    """Out of a traceback followed by usage lines, the sentence with the exception is picked."""
    log = tmp_path / "log"
    log.write_text(
        "Traceback (most recent call last):\n  File x\nmasterapp.SettingError: set SECRET_KEY\n"
        "\nUsage: flask [OPTIONS]\n\nError: No such command 'db'.\n"
    )
    assert last_words(log) == "masterapp.SettingError: set SECRET_KEY"


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
