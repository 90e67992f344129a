"""The database: one engine, one session per request with one commit, and the brand-led keys of every table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
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
from sqlalchemy.pool import PoolProxiedConnection

from masterapp import events, jsontext

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
            connect_args={"application_name": "masterapp"},
        )
        app.after_request(self._finish)
        app.teardown_appcontext(self._close)

    @property
    def _pooled(self) -> PoolProxiedConnection:
        """The one connection of this request or command, taken from the pool at its first use."""
        if "pooled" not in g:
            g.pooled = self.engine.raw_connection()
        return g.pooled  # type: ignore[no-any-return]

    @property
    def connection(self) -> Connection:
        """That connection as SQLAlchemy's statements want it."""
        if "connection" not in g:
            g.connection = Connection(self.engine, self._pooled)
        return g.connection  # type: ignore[no-any-return]

    @property
    def session(self) -> Session:
        """The session on that connection, opened at its first use: a hot road that needs none pays for none."""
        if "session" not in g:
            g.session = Session(self.connection, join_transaction_mode="control_fully")
        return g.session  # type: ignore[no-any-return]

    @property
    def driver(self) -> psycopg.Connection[Any]:
        """The psycopg connection inside the same transaction, for statements written by hand."""
        if "driver" not in g:
            g.driver = self._pooled.driver_connection
        return g.driver  # type: ignore[no-any-return]

    def keep_on_refusal(self) -> None:
        """Commit what was flushed even though the answer is a refusal (a wrong try is counted, a refusal too)."""
        g.keep = True

    def rollback(self) -> None:
        """Undo everything since the last commit, and forget the events of it."""
        events.forget_pending()
        if "session" in g:
            g.session.rollback()
        if "driver" in g:
            g.driver.rollback()

    def _commit(self) -> None:
        """The one commit, of the session or of the driver alone, and the events after it."""
        if "session" in g:
            g.session.commit()
        if "driver" in g:
            g.driver.commit()
        events.announce_pending()

    def _finish(self, response: Response) -> Response:
        if "pooled" in g:
            if response.status_code < 400 or g.pop("keep", False):
                self._commit()
            else:
                self.rollback()
        return response

    def _close(self, error: BaseException | None) -> None:
        if "session" in g:
            g.pop("session").close()
        g.pop("driver", None)
        pooled = g.pop("pooled", None)
        if pooled is not None:
            g.pop("connection", pooled).close()

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
