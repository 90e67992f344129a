"""Eligibility's part of the road of a play: the exclusion lists, asked when playing and again when winning."""

from __future__ import annotations

from masterapp.errors import Refused

#: Reads the reason of an exclusion for the fan row named ``fan``: their address, their domain, and its parents.
REASON = """
    (SELECT exclusion.reason FROM exclusion
      WHERE exclusion.brand_id = fan.brand_id
        AND exclusion.value IN (fan.email_key, '@' || fan.email_domain)
      LIMIT 1)
"""


def check_verdict(reason: str | None) -> None:
    """Raise the refusal that tells the fan why, when an exclusion applies."""
    if reason is not None:
        raise Refused(f"excluded_{reason}")


#: The fans whom the lists exclude, all of a brand's at once: what a draw asks when its list is fixed.
EXCLUDED = """
    (SELECT fan.id FROM exclusion
       JOIN fan ON fan.brand_id = exclusion.brand_id AND fan.email_key = exclusion.value
      WHERE exclusion.brand_id = %(brand)s
     UNION ALL
     SELECT fan.id FROM exclusion
       JOIN fan ON fan.brand_id = exclusion.brand_id AND '@' || fan.email_domain = exclusion.value
      WHERE exclusion.brand_id = %(brand)s)
"""
