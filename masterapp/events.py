"""Events: what happened, announced once its transaction is committed. A listener tells others; it decides nothing.

Each signal's sender is the event's name; keyword arguments are plain values (ids, numbers), never live rows.
"""

from __future__ import annotations

from typing import Any

import structlog
from blinker import NamedSignal, signal
from sqlalchemy.orm import Session

log = structlog.get_logger(__name__)

#: A move was judged and committed. brand_id, game_id, fan_id, play_id, finished.
play_recorded = signal("play_recorded")
#: A prize was granted to a fan. brand_id, fan_id, grant_id, prize_id.
grant_made = signal("grant_made")
#: A coupon code was given to a fan. brand_id, fan_id, coupon_id.
coupon_issued = signal("coupon_issued")
#: A coupon was used in a store. brand_id, coupon_id, store_id, member_id.
coupon_redeemed = signal("coupon_redeemed")
#: A fan signed in. brand_id, fan_id, new (first time).
fan_signed_in = signal("fan_signed_in")
#: A consent was given or withdrawn. brand_id, fan_id, purpose, channel, granted.
consent_recorded = signal("consent_recorded")
#: A campaign was published, paused, ended or archived. brand_id, campaign_id, state.
campaign_changed = signal("campaign_changed")


def after_commit(session: Session, event: NamedSignal, **facts: Any) -> None:
    """Remember *event*; it is announced when the session's transaction has been committed."""
    session.info.setdefault("events", []).append((event, facts))


def announce_pending(session: Session) -> None:
    """Announce what was remembered. A listener that fails is logged: what happened stays true."""
    for event, facts in session.info.pop("events", ()):
        for receiver in event.receivers_for(None):
            try:
                receiver(event.name, **facts)
            except Exception:
                log.exception("listener_failed", event_name=event.name)
