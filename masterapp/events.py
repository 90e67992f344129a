"""Events: what happened, announced once its transaction is committed. A listener tells others; it decides nothing.

Each signal's sender is the event's name; keyword arguments are plain values (ids, numbers), never live rows.
"""

from __future__ import annotations

from typing import Any

import structlog
from blinker import NamedSignal, signal
from flask import g

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


def after_commit(event: NamedSignal, **facts: Any) -> None:
    """Remember *event*; it is announced when the transaction of this request or job has been committed."""
    g.setdefault("pending_events", []).append((event, facts))


def forget_pending() -> None:
    """Forget what was remembered: its transaction was rolled back, so it did not happen."""
    g.pop("pending_events", None)


def announce_pending() -> None:
    """Announce what was remembered. A listener that fails is logged: what happened stays true."""
    for event, facts in g.pop("pending_events", ()):
        for receiver in event.receivers_for(None):
            try:
                receiver(event.name, **facts)
            except Exception:
                log.exception("listener_failed", event_name=event.name)
