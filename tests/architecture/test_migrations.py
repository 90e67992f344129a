"""The one migration history builds exactly what the models say, and every step can be taken back."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

import masterapp.models
from masterapp.db import Base, alembic_config
from masterapp.testing.postgres import TestServer

assert masterapp.models.__all__, "importing the models fills the metadata"

OBJECTS = """
    SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT typname::text FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
"""


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def _objects(connection: Connection) -> list[str]:
    return sorted(row[0] for row in connection.execute(text(OBJECTS)))


def test_there_is_one_history() -> None:
    """No two migrations follow the same one, and none is named twice."""
    history = ScriptDirectory.from_config(alembic_config("postgresql://"))

    assert len(history.get_heads()) == 1
    assert len(history.get_bases()) == 1


def test_migrations_match_the_models_and_can_be_taken_back(postgres_server: TestServer) -> None:
    """The newest schema shows no difference to the models; down to nothing and up again leads to the same."""
    with postgres_server.new_database() as url:
        config = alembic_config(url)
        engine = create_engine(config.attributes["database_url"], poolclass=NullPool)
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"include_name": _is_ours, "compare_type": True}
            )
            assert compare_metadata(context, Base.metadata) == []
            newest = _objects(connection)

        command.downgrade(config, "base")
        with engine.connect() as connection:
            assert set(_objects(connection)) <= {"alembic_version", "alembic_version_pkc"}

        command.upgrade(config, "head")
        with engine.connect() as connection:
            assert _objects(connection) == newest
