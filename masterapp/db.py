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
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from masterapp import events

T = TypeVar("T")


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
            connect_args={"application_name": "masterapp"},
        )
        app.after_request(self._finish)
        app.teardown_appcontext(self._close)

    @property
    def session(self) -> Session:
        """The session of this request or command, opened at its first use."""
        if "session" not in g:
            g.session = Session(self.engine)
        return g.session  # type: ignore[no-any-return]

    @property
    def driver(self) -> psycopg.Connection[Any]:
        """The psycopg connection inside the session's transaction, for statements written by hand."""
        connection = self.session.connection().connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        return connection

    def keep_on_refusal(self) -> None:
        """Commit what was flushed even though the answer is a refusal (a wrong try is counted, a refusal too)."""
        self.session.info["keep"] = True

    def _finish(self, response: Response) -> Response:
        session: Session | None = g.get("session")
        if session is None:
            return response
        if response.status_code < 400 or session.info.get("keep"):
            session.info.pop("keep", None)
            session.commit()
            events.announce_pending(session)
        else:
            session.rollback()
        return response

    def _close(self, error: BaseException | None) -> None:
        session: Session | None = g.pop("session", None)
        if session is not None:
            session.close()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """The commit of commands and jobs: everything inside happens, or nothing does."""
        session = self.session
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        events.announce_pending(session)

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
                self.session.rollback()
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
