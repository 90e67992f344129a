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
