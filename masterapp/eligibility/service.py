"""Who cannot play, and the count of refusals, so that the marketer sees who is told no and why."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from psycopg.rows import dict_row
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from masterapp.audit import service as audit
from masterapp.db import db
from masterapp.eligibility.models import Exclusion
from masterapp.errors import Refused
from masterapp.texts import translate as _

#: Refusals that are an answer of the rules; the others (a stale page, a closed game) are not counted.
COUNTED = frozenset(
    {"excluded_staff", "excluded_competitor", "quota_day", "quota_period", "quota_campaign"}
)
REASONS = ("staff", "competitor")
MOST_LINES = 5_000

_LIST = """
SELECT exclusion.id, exclusion.value, exclusion.reason, exclusion.note,
    count(DISTINCT fan.id) AS fans, coalesce(sum(refusal.times), 0) AS times
FROM exclusion
LEFT JOIN fan ON fan.brand_id = exclusion.brand_id
    AND exclusion.value IN (fan.email_key, '@' || fan.email_domain)
LEFT JOIN refusal ON refusal.brand_id = fan.brand_id AND refusal.fan_id = fan.id
    AND refusal.code = 'excluded_' || exclusion.reason
WHERE exclusion.brand_id = %(brand)s
GROUP BY exclusion.brand_id, exclusion.id
ORDER BY exclusion.value
"""


def count_refusal(brand_id: UUID, standing: Any, code: str, at: datetime) -> None:
    """Count one refusal of a fan at a game; it is kept although the move is not."""
    if code not in COUNTED:
        return
    db.driver.execute(
        """
        INSERT INTO refusal AS counted (brand_id, game_id, fan_id, code, day, times)
        VALUES (%s, %s, %s, %s, %s, 1)
        ON CONFLICT (brand_id, game_id, fan_id, code, day) DO UPDATE SET times = counted.times + 1
        """,
        (brand_id, standing.game_id, standing.fan_id, code, at.date()),
    )
    db.keep_on_refusal()


def exclusions(brand_id: UUID) -> Sequence[Mapping[str, Any]]:
    """Return the list with, for each line, the fans it concerns and the refusals it caused."""
    return db.driver.cursor(row_factory=dict_row).execute(_LIST, {"brand": brand_id}).fetchall()


def read_value(line: str) -> str:
    """Return a line of the list in its stored form: ``@domain`` or an address, lower case. Raises ``ValueError``."""
    text = unicodedata.normalize("NFKC", line).strip().lower()
    address = text if "@" in text.removeprefix("@") else f"nobody@{text.removeprefix('@')}"
    try:
        read = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return read.normalized.lower() if address == text else f"@{read.domain.lower()}"


def exclude(
    brand_id: UUID, lines: Iterable[str], reason: str, *, note: str, member_id: UUID | None
) -> int:
    """Put addresses and domains on the list and return how many are new; all of them or, with an error, none."""
    written = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if reason not in REASONS or not written or len(written) > MOST_LINES:
        raise Refused("invalid", fields={"values": [_("Give addresses or domains and a reason.")]})
    values = set()
    for number, line in written:
        try:
            values.add(read_value(line))
        except ValueError:
            sentence = _(
                "Line %(number)s, “%(line)s”, is neither an address nor a domain such as @agency.example.",
                number=number,
                line=line.strip()[:80],
            )
            raise Refused("invalid", fields={"values": [sentence]}) from None
    rows = [
        {
            "brand_id": brand_id,
            "value": value,
            "reason": reason,
            "note": note,
            "created_by": member_id,
        }
        for value in sorted(values)
    ]
    added = db.session.execute(
        insert(Exclusion).on_conflict_do_nothing().returning(Exclusion.value), rows
    ).scalars()
    new = list(added)
    if new:
        audit.record(
            brand_id,
            "exclusions_added",
            actor_kind="member",
            actor_id=member_id,
            object_kind="exclusion",
            name=", ".join(new[:20]),
            reason=reason,
        )
    return len(new)


def include_again(brand_id: UUID, exclusion_id: UUID, *, member_id: UUID | None) -> str:
    """Take a line off the list and return its value."""
    line = db.session.scalar(
        select(Exclusion).where(Exclusion.brand_id == brand_id, Exclusion.id == exclusion_id)
    )
    if line is None:
        raise Refused("not_found")
    db.session.delete(line)
    audit.record(
        brand_id,
        "exclusion_removed",
        actor_kind="member",
        actor_id=member_id,
        object_kind="exclusion",
        object_id=exclusion_id,
        name=line.value,
    )
    return line.value
