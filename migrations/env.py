"""Runs the one migration history of the core on the database it is given."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

import masterapp.models  # noqa: F401 - registers every table on the metadata.
from masterapp.db import Base


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the job queue's tables to the job library, whose schema a migration installs whole."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


engine = create_engine(context.config.attributes["database_url"], poolclass=NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
