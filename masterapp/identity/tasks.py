"""Background jobs of the single login: what is over is deleted, every hour."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from masterapp.db import db, now
from masterapp.identity.models import FanSession, ProviderTrip, SignIn
from masterapp.jobs import jobs

#: Limits per address look back one day; nothing needs an older sign-in.
KEPT = timedelta(days=2)


@jobs.app.periodic(cron="17 * * * *")
@jobs.app.task(name="tidy_sign_ins")
def tidy_sign_ins(timestamp: int) -> None:  # noqa: ARG001 - the queue passes the planned time.
    """Delete ended sessions, old sign-ins with their addresses, and trips to providers that nobody came back from."""
    with db.transaction() as session:
        session.execute(delete(FanSession).where(FanSession.expires_at < now()))
        session.execute(delete(SignIn).where(SignIn.created_at < now() - KEPT))
        session.execute(delete(ProviderTrip).where(ProviderTrip.expires_at < now()))
