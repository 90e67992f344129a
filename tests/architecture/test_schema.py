"""The shape of the data: every table that a brand owns is led by the brand's key, so that no row points elsewhere."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

import masterapp.models
from masterapp.db import Base

assert masterapp.models.__all__, "importing the models fills the metadata"
OWNED = sorted(set(Base.metadata.tables) - {"brand"})


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


@pytest.mark.parametrize("name", OWNED)
def test_the_brands_key_leads_the_primary_key(name: str) -> None:
    """The first column of every primary key is the brand, and there is a second one."""
    columns = [column.name for column in _table(name).primary_key.columns]

    assert columns[0] == "brand_id"
    assert len(columns) > 1


@pytest.mark.parametrize("name", OWNED)
def test_the_brands_key_leads_every_foreign_key(name: str) -> None:
    """A reference begins with the row's own brand on both sides, so it cannot lead into another brand."""
    for constraint in _table(name).foreign_key_constraints:
        own = [element.parent.name for element in constraint.elements]
        foreign = [element.column.name for element in constraint.elements]

        assert own[0] == "brand_id", constraint.name
        assert foreign[0] == ("id" if constraint.referred_table.name == "brand" else "brand_id")


@pytest.mark.parametrize("name", OWNED)
def test_uniqueness_is_a_brands_own_affair(name: str) -> None:
    """Two brands may use the same code, address or key: every unique index begins with the brand."""
    table = _table(name)
    unique = [list(index.columns) for index in table.indexes if index.unique]
    unique += [
        list(constraint.columns)
        for constraint in table.constraints
        if type(constraint).__name__ == "UniqueConstraint"
    ]

    assert [columns for columns in unique if columns[0].name != "brand_id"] == []


@pytest.mark.parametrize("name", OWNED)
def test_every_time_has_a_zone(name: str) -> None:
    """Instants are kept with their zone; a naive one would mean another moment on another server."""
    naive = [
        column.name
        for column in _table(name).columns
        if column.type.__class__.__name__ in ("DateTime", "TIMESTAMP")
        and not getattr(column.type, "timezone", False)
    ]

    assert naive == []
