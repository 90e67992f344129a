"""Background jobs of coupons: importing code lists."""

from __future__ import annotations

from uuid import UUID

from masterapp.coupons import lists
from masterapp.jobs import jobs


@jobs.task(name="import_codes")
def import_codes(brand_id: str, import_id: str) -> None:
    """Import one list; a repeated run goes on where the one before was stopped."""
    lists.run(UUID(brand_id), UUID(import_id))
