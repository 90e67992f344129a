"""Hot statements written by hand: each room contributes a named clause, a road composes them once into one statement.

A clause is one item of a ``WITH``: a query or a data-modifying statement with psycopg's ``%(name)s`` parameters.
Names of clauses and parameters are the words of the house, so that a composed statement can be read aloud.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Clause:
    """One room's part of a statement."""

    name: str
    sql: str


def compose(clauses: list[Clause], answer: str) -> str:
    """Return ``WITH a AS (…), b AS (…) answer`` as one text; PostgreSQL runs all of it or none."""
    parts = ",\n".join(f"{clause.name} AS ({clause.sql.strip()})" for clause in clauses)
    return f"WITH {parts}\n{answer}"
