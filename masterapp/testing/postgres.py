"""A real database for every test session: cloned in moments from a template that the migrations built.

The server is the embedded PostgreSQL in ``var/test-postgres``, shared by all sessions and workers that
run at the same time, or the one that TEST_DATABASE_URL names.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

import masterapp
from masterapp.db import upgrade
from masterapp.server import postgres
from masterapp.server.trouble import CannotRun

# Tests may lose their data when the machine loses power; in return every commit is quick.
QUICK_AND_CARELESS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=400",
    "max_wal_size=4GB",
    "deadlock_timeout=200ms",
)
TEMPLATE_LOCK = 4_918_100
KEY_OF_NAME = "hashtextextended(%s, 0)"


@dataclass
class TestServer:
    """A PostgreSQL server on which tests make and drop databases."""

    __test__ = False

    url: str
    _tables: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def url_of(self, database: str) -> str:
        """The address of another database of the same server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """Lend a database of one's own, with the newest schema; it is dropped at the end.

        While it is in use a lock marks it, so that others can tell it from one whose session was killed.
        """
        name = f"masterapp_test_{os.getpid()}_{secrets.token_hex(4)}"
        url = self.url_of(name)
        with _connect(self.url) as keeper:
            keeper.execute(f"SELECT pg_advisory_lock({KEY_OF_NAME})", [name])
            with self._template(keeper) as template:
                keeper.execute(_statement("CREATE DATABASE {} TEMPLATE {}", name, template))
            try:
                self._tables[url] = _tables_of_tests(url)
                yield url
            finally:
                keeper.execute(_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))

    @contextmanager
    def _template(self, connection: psycopg.Connection) -> Iterator[str]:
        """The database that holds today's schema, built once per state of migrations/; one user at a time."""
        name = f"masterapp_template_{_fingerprint_of_migrations()}"
        connection.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        try:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                _drop_unused(connection, "^masterapp_(template|building)_[0-9a-f]+$")
                self._build(connection, name)
            yield name
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", [TEMPLATE_LOCK])

    def _build(self, connection: psycopg.Connection, name: str) -> None:
        building = f"masterapp_building_{secrets.token_hex(4)}"
        connection.execute(_statement("CREATE DATABASE {} TEMPLATE template0", building))
        try:
            upgrade(self.url_of(building))
            connection.execute(_statement("ALTER DATABASE {} ALLOW_CONNECTIONS false", building))
            connection.execute(_statement("ALTER DATABASE {} RENAME TO {}", building, name))
        except BaseException:
            connection.execute(_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", building))
            raise

    def remove_orphans(self) -> None:
        """Drop the databases of killed sessions."""
        with _connect(self.url) as connection:
            _drop_unused(connection, "^masterapp_test_[0-9]+_[0-9a-f]{8}$")

    def empty(self, database_url: str) -> None:
        """Delete every row that tests left, and nothing that the migrations brought."""
        with _connect(database_url) as connection:
            used = _with_rows(connection, self._tables[database_url])
            if not used:
                return
            connection.execute("SET lock_timeout = '5s'")
            # In this role no trigger and no foreign key interferes, so the order does not matter.
            connection.execute("SET session_replication_role = replica")
            with connection.transaction():
                for table in used:
                    connection.execute(_statement("DELETE FROM {}", table))


@contextmanager
def shared_cluster(folder: Path) -> Iterator[str]:
    """Start the embedded cluster for the first session that needs it, and stop it after the last."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        folder.with_name(f"{folder.name}.lock").open("w") as turn,
        folder.with_name(f"{folder.name}.users").open("w") as users,
    ):
        with _locked(turn.fileno()):
            cluster = postgres.start(folder, QUICK_AND_CARELESS)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield cluster.url("postgres")
        finally:
            with _locked(turn.fileno()), suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster.stop()


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[TestServer]:
    """The server that holds the databases of this session."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield TestServer("postgresql://" + given.split("://", 1)[1])
        return
    try:
        with shared_cluster(pytestconfig.rootpath / "var" / "test-postgres") as url:
            yield TestServer(url)
    except CannotRun as sentence:
        pytest.fail(str(sentence), pytrace=False)


@pytest.fixture(scope="session")
def database_url(postgres_server: TestServer) -> Iterator[str]:
    """A database of this session's own, with the newest schema."""
    postgres_server.remove_orphans()
    with postgres_server.new_database() as url:
        yield url


@pytest.fixture
def clean_database(postgres_server: TestServer, database_url: str) -> str:
    """The session's database without a row from an earlier test; commits and further connections are welcome."""
    try:
        postgres_server.empty(database_url)
    except psycopg.errors.LockNotAvailable:
        pytest.fail("An earlier test left a transaction open in the test database.", pytrace=False)
    return database_url


@contextmanager
def _locked(descriptor: int) -> Iterator[None]:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


def _statement(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*(sql.Identifier(name) for name in names))


def _tables_of_tests(url: str) -> tuple[str, ...]:
    """The tables that only tests fill: all but those into which the migrations put rows."""
    with _connect(url) as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"
        )
        tables = tuple(name for (name,) in found.fetchall())
        filled = _with_rows(connection, tables)
        return tuple(table for table in tables if table not in filled)


def _drop_unused(connection: psycopg.Connection, pattern: str) -> None:
    """Drop the databases of this name that no living session has marked as its own."""
    found = connection.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [pattern])
    for (name,) in found.fetchall():
        free = connection.execute(f"SELECT pg_try_advisory_lock({KEY_OF_NAME})", [name])
        if free.fetchone() == (True,):
            with suppress(psycopg.errors.ObjectInUse):
                connection.execute(_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
            connection.execute(f"SELECT pg_advisory_unlock({KEY_OF_NAME})", [name])


def _with_rows(connection: psycopg.Connection, tables: tuple[str, ...]) -> tuple[str, ...]:
    """Those tables that hold at least one row, found in one round trip."""
    if not tables:
        return ()
    questions = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(table))
        for table in tables
    )
    return tuple(name for (name,) in connection.execute(questions).fetchall())


def _fingerprint_of_migrations() -> str:
    folder = Path(masterapp.__file__).parent.parent / "migrations"
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
