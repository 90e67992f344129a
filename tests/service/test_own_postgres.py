"""The PostgreSQL that comes along: it starts whatever happened before, or says in a sentence why not."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from masterapp.server import postgres
from masterapp.server.trouble import CannotRun


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[postgres.Cluster]:
    """A cluster of this test's own."""
    started = postgres.start(tmp_path / "postgres")
    yield started
    postgres.start(tmp_path / "postgres").stop()


def _kill(cluster: postgres.Cluster) -> None:
    os.kill(cluster.pid, signal.SIGKILL)
    while cluster.is_running():
        time.sleep(0.01)


def _number(cluster: postgres.Cluster) -> int:
    with cluster.connect("shop") as connection:
        row = connection.execute("SELECT number FROM kept").fetchone()
    assert row
    return int(row[0])


def test_a_running_server_is_used_again(cluster: postgres.Cluster) -> None:
    """Starting twice gives the same server."""
    assert postgres.start(cluster.data_directory) == cluster


def test_what_was_committed_survives_a_kill(cluster: postgres.Cluster) -> None:
    """A server killed without warning starts again and still has what was committed."""
    cluster.ensure_database("shop")
    with cluster.connect("shop") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    _kill(cluster)
    assert not cluster.is_running()
    assert _number(postgres.start(cluster.data_directory)) == 42


def test_a_lock_file_of_a_stranger_does_not_keep_it_from_starting(
    cluster: postgres.Cluster,
) -> None:
    """After a crash the recorded process id may belong to another program, which is left alone."""
    _kill(cluster)
    pid_file = cluster.data_directory / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{cluster.data_directory}\n")
    again = postgres.start(cluster.data_directory)
    assert again.is_running()
    assert again.pid != os.getpid()


def test_a_folder_with_a_long_name_serves_too(tmp_path: Path) -> None:
    """A socket's path is short by law of the system; a long folder gets its socket elsewhere."""
    cluster = postgres.start(tmp_path / ("long" * 30) / "postgres")
    try:
        assert cluster.socket_directory != cluster.data_directory
        cluster.connect().close()
    finally:
        cluster.stop()
    assert not cluster.socket_directory.exists()


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room is one sentence with the number of megabytes, before anything is written."""
    monkeypatch.setattr(postgres, "ROOM_NEEDED", 10**18)
    with pytest.raises(CannotRun, match="MB are free"):
        postgres.start(tmp_path / "postgres")
    assert list(tmp_path.iterdir()) == []


def test_foreign_files_are_not_overwritten(tmp_path: Path) -> None:
    """A folder that holds something else is refused and stays as it is."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CannotRun, match="not a PostgreSQL cluster"):
        postgres.start(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_cluster_of_another_version_is_told(cluster: postgres.Cluster, tmp_path: Path) -> None:
    """Data of another major version are named with the cure, not tried."""
    version = cluster.data_directory / "PG_VERSION"
    ours = version.read_text()
    version.write_text("9\n")
    try:
        with pytest.raises(CannotRun, match="PostgreSQL 9"):
            postgres.start(cluster.data_directory)
    finally:
        version.write_text(ours)
