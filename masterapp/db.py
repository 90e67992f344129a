"""The database: one engine, one session per request with one commit, and the brand-led keys of every table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import psycopg
import uuid_utils
from flask import Flask, Response, current_app, g
from psycopg.types.json import set_json_dumps
from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Text,
    create_engine,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from masterapp import events, jsontext
from masterapp.prepared import Line, Prepared

T = TypeVar("T")

set_json_dumps(jsontext.write)


def new_id() -> UUID:
    """Return a fresh UUIDv7: unique everywhere, and close in time means close in the index."""
    return UUID(int=uuid_utils.uuid7().int)


def now() -> datetime:
    """Return the server's clock as an aware UTC time; rules get it as an argument and never ask for it."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """The declarative base: named constraints, UTC times, JSON as jsonb."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        str: Text,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


Created = Annotated[datetime, mapped_column(server_default=func.now())]
Big = Annotated[int, mapped_column(BigInteger)]


class BrandOwned:
    """A table of what a brand owns: its primary key is (brand_id, id), so no row can point into another brand."""

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class BrandRoot(BrandOwned):
    """A brand-owned table that hangs directly from the brand; the others hang from one of these.

    Rows written at every play do not reference the brand's one row: thousands of them a second would queue on its lock.
    """

    brand_id: Mapped[UUID] = mapped_column(
        ForeignKey("brand.id", ondelete="CASCADE"), primary_key=True
    )


def belongs_to(column: str, table: str, *, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """A foreign key to another brand-owned table, led by the brand's key."""
    return ForeignKeyConstraint(
        ["brand_id", column], [f"{table}.brand_id", f"{table}.id"], ondelete=ondelete
    )


class _Unit:
    """What one request or command holds of the database: a pooled connection, and what is laid over it when asked for.

    SQLAlchemy's session and the statements written by hand share the connection's one transaction.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.keep = False
        self._session: Session | None = None
        while True:
            self.pooled = engine.raw_connection()
            self.driver: psycopg.Connection[Any] = self.pooled.driver_connection  # type: ignore[assignment]
            self.line: Line = self.pooled.info.get("line") or Line(self.driver)
            self.pooled.info["line"] = self.line
            if not self.line.is_lost():
                break
            # The server was started again since this connection was last used; the pool has or makes another.
            self.pooled.invalidate()

    @cached_property
    def connection(self) -> Connection:
        return Connection(self.engine, self.pooled)

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = Session(self.connection, join_transaction_mode="control_fully")
        return self._session

    def commit(self) -> None:
        failed = self.line.failed
        if self._session is not None:
            self._session.commit()
        self.line.commit()
        if failed:
            # PostgreSQL answers the COMMIT of a failed transaction with a ROLLBACK, and calls that a success.
            raise psycopg.errors.InFailedSqlTransaction("nothing was committed")

    def rollback(self) -> None:
        if self._session is not None:
            self._session.rollback()
        self.driver.rollback()

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
        self.__dict__.get("connection", self.pooled).close()


class Database:
    """The engine and the request's session. Services flush; ``_finish`` (requests) and ``transaction`` commit."""

    @property
    def engine(self) -> Engine:
        """The engine of the current application."""
        engine: Engine = current_app.extensions["masterapp-engine"]
        return engine

    def init_app(self, app: Flask) -> None:
        """Open the engine and put the one commit of each request after its view."""
        settings = app.config["SETTINGS"]
        app.extensions["masterapp-engine"] = create_engine(
            settings.sqlalchemy_url,
            pool_size=settings.database_pool,
            max_overflow=0,
            pool_timeout=10,
            # An error of the database must not carry what people sent into the log.
            hide_parameters=True,
            connect_args={
                "application_name": "masterapp",
                # psycopg would drop all prepared statements at each rollback; a ``Line`` keeps its own.
                "prepare_threshold": None,
            },
        )
        app.after_request(self._finish)
        app.teardown_appcontext(self._close)

    @property
    def _unit(self) -> _Unit:
        """What this request or command holds, taken at its first use: a road that needs less pays for less."""
        unit: _Unit | None = g.get("database")
        if unit is None:
            unit = g.database = _Unit(self.engine)
        return unit

    @property
    def connection(self) -> Connection:
        """The connection as SQLAlchemy's statements want it."""
        return self._unit.connection

    @property
    def session(self) -> Session:
        """The session on that connection."""
        return self._unit.session

    @property
    def driver(self) -> psycopg.Connection[Any]:
        """The psycopg connection inside the same transaction, for statements written by hand."""
        return self._unit.driver

    def rows(self, statement: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """Run a hot statement in the same transaction and return its rows as named tuples."""
        return self._unit.line.rows(statement, values)

    def row(self, statement: Prepared, values: Mapping[str, Any]) -> Any:
        """The same for a statement that answers with one row, or with None when there is none."""
        found = self._unit.line.rows(statement, values)
        return found[0] if found else None

    def keep_on_refusal(self) -> None:
        """Commit what was flushed even though the answer is a refusal (a wrong try is counted, a refusal too)."""
        self._unit.keep = True

    def rollback(self) -> None:
        """Undo everything since the last commit, and forget the events of it."""
        events.forget_pending()
        unit: _Unit | None = g.get("database")
        if unit is not None:
            unit.rollback()

    def _commit(self) -> None:
        """The one commit, and the events after it."""
        unit: _Unit | None = g.get("database")
        if unit is not None:
            unit.commit()
        events.announce_pending()

    def _finish(self, response: Response) -> Response:
        unit: _Unit | None = g.get("database")
        if unit is not None:
            keep, unit.keep = unit.keep, False
            if response.status_code < 400 or keep:
                self._commit()
            else:
                self.rollback()
        return response

    def _close(self, error: BaseException | None) -> None:
        unit: _Unit | None = g.pop("database", None)
        if unit is not None:
            unit.close()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """The commit of commands and jobs: everything inside happens, or nothing does."""
        try:
            yield self.session
            self._commit()
        except BaseException:
            self.rollback()
            raise

    def retrying(self, work: Callable[[], T], *, tries: int = 5) -> T:
        """Run *work*, again after a deadlock, which PostgreSQL resolves by cancelling one side."""
        for left in range(tries - 1, -1, -1):
            try:
                return work()
            except Exception as error:
                cause = getattr(error, "orig", error)
                if not left or not isinstance(
                    cause, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure
                ):
                    raise
                self.rollback()
        raise AssertionError("unreachable")


db = Database()


def alembic_config(database_url: str) -> Any:
    """Return the Alembic configuration of our one migration history."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    config.attributes["database_url"] = "postgresql+psycopg://" + database_url.split("://", 1)[1]
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the schema of a database to *revision*."""
    from alembic import command

    command.upgrade(alembic_config(database_url), revision)
