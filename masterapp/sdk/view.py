"""Markers a view may hold: the core turns them into the fan's language and signed addresses on the way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def text(localised: Mapping[str, str] | None) -> dict[str, Any]:
    """Mark a localised text (``{"fr": …, "en": …}``) to be sent in the fan's language."""
    return {"$text": dict(localised or {})}


def picture(asset: str | None, blocks: int | None = None) -> dict[str, Any] | None:
    """Mark a picture of the brand by its asset id; the browser gets a signed address.

    With *blocks* the picture is reduced on the server to that many blocks along its longer side, so that no more detail
    than this leaves the server. ``None`` gives the whole picture. Returns None when there is no picture.
    """
    return None if not asset else {"$picture": {"asset": asset, "blocks": blocks}}
