"""What never changes about a game, remembered by the process: each published version's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from masterapp.db import db


@lru_cache(maxsize=256)
def config(brand_id: UUID, game_id: UUID, number: int) -> Mapping[str, Any]:
    """Return the configuration of a published game's version.

    It may be remembered for good: once a campaign has been published, an edit makes the next version.
    """
    row = db.driver.execute(
        "SELECT config FROM game_version WHERE brand_id = %s AND game_id = %s AND number = %s",
        (brand_id, game_id, number),
    ).fetchone()
    assert row is not None, "a game always has the version it names"
    found: Mapping[str, Any] = row[0]
    return found
