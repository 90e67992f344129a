"""What one folder's installation keeps in var/: its database, its key, its lock, its surroundings."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from masterapp.server import postgres
from masterapp.server.trouble import CannotRun

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
FOLDER = VAR / "postgres"
DATABASE = "masterapp"
APP_PORT, HOST_PORT, MAIL_PORT = 8000, 8080, 1025


class OwnDatabase:
    """The cluster in var/postgres; it stays away where DATABASE_URL names another server."""

    cluster: postgres.Cluster | None = None
    was_running: bool = False

    def start(self) -> None:
        """Start or reuse the cluster and make sure of its database."""
        self.was_running = postgres.is_running(FOLDER)
        self.cluster = postgres.start(FOLDER)
        self.cluster.ensure_database(DATABASE)

    def url(self) -> str:
        """The address of the database, or nothing."""
        return self.cluster.url(DATABASE) if self.cluster else ""

    def look_after(self) -> bool:
        """Bring the server back when somebody else ended it; tells whether that was needed."""
        if self.cluster and not self.cluster.is_running():
            self.start()
            return True
        return False

    def stop(self) -> None:
        """Stop the server; the data stay."""
        if self.cluster:
            self.cluster.stop()


@contextmanager
def the_only_one() -> Iterator[None]:
    """Hold this folder's lock, which the system frees even after a kill."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotRun(
                f"MasterApp already runs from this folder (process {lock.read().strip()}): "
                "open it in your browser, or stop that one first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def environment(database_url: str, app: int, host: int, mail: int) -> dict[str, str]:
    """What the children get; whatever the operator has set stays as it is."""
    ours = {
        "SECRET_KEY": secret_key(),
        "MASTERAPP_BASE_URL": f"http://localhost:{app}",
        "MASTERAPP_HOST_URL": f"http://127.0.0.1:{host}",
        "MASTERAPP_DEMO": "1",
        "MASTERAPP_BEACON": "demo",
        "SMTP_URL": f"smtp://127.0.0.1:{mail}",
        "MASTERAPP_MAIL_SINK": str(VAR / "mail"),
        "PYTHONUNBUFFERED": "1",
    }
    given = {name: value for name, value in os.environ.items() if value}
    return {**ours, "DATABASE_URL": database_url, **given}


def secret_key() -> str:
    """One key per installation, so that sign-ins and codes outlive a restart."""
    file = VAR / "secret_key"
    if not file.exists():
        VAR.mkdir(exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as new:
            new.write(secrets.token_hex(32))
    return file.read_text().strip()
