"""Tables of the single login: identities, sign-ins under way, and sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, BrandOwned, BrandRoot, Created, belongs_to


class Identity(BrandOwned, Base):
    """One way to recognise a fan: provider and subject, e.g. ``("email", "ada@example.org")``."""

    __tablename__ = "identity"
    __table_args__ = (
        belongs_to("fan_id", "fan"),
        UniqueConstraint("brand_id", "provider", "subject"),
        Index("ix_identity_fan", "brand_id", "fan_id"),
    )

    fan_id: Mapped[UUID]
    provider: Mapped[str]
    subject: Mapped[str]
    verified_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class SignIn(BrandRoot, Base):
    """A sign-in under way: the code is kept only as a keyed hash, for ten minutes and five tries."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_email", "brand_id", "email_key", "created_at"),)

    email: Mapped[str]
    email_key: Mapped[str]
    locale: Mapped[str]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    tries_left: Mapped[int] = mapped_column(default=5)
    sends: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    campaign_id: Mapped[UUID | None]
    #: An identity of another provider that joins the fan when the e-mail is proved: its provider and subject.
    joining_provider: Mapped[str | None]
    joining_subject: Mapped[str | None]
    created_at: Mapped[Created]


class ProviderTrip(BrandRoot, Base):
    """A round trip to a sign-in provider. The browser keeps the secret that state, nonce and verifier derive from.

    ``state_hash`` is emptied by the one return that is accepted; ``subject`` then waits for the proof of an e-mail.
    """

    __tablename__ = "provider_trip"
    __table_args__ = (UniqueConstraint("brand_id", "state_hash"),)

    provider: Mapped[str]
    state_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    #: The page to go back to: a path below the brand's pages.
    return_to: Mapped[str]
    subject: Mapped[str | None]
    email: Mapped[str | None]
    name: Mapped[str | None]
    expires_at: Mapped[datetime]
    created_at: Mapped[Created]


class FanSession(BrandOwned, Base):
    """A fan's session on one device: one bearer secret at a time, rotated; the one before works for a short grace."""

    __tablename__ = "fan_session"
    __table_args__ = (
        belongs_to("fan_id", "fan"),
        belongs_to("parent_id", "fan_session"),
        Index("ix_fan_session_fan", "brand_id", "fan_id"),
        Index("ix_fan_session_parent", "brand_id", "parent_id"),
        Index("ix_fan_session_expires", "expires_at"),
    )

    fan_id: Mapped[UUID]
    #: ``hosted`` (cookie), ``embed`` (bearer in the iframe) or ``page`` (bearer of one hosted page, child of a cookie).
    kind: Mapped[str]
    parent_id: Mapped[UUID | None]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    rotated_at: Mapped[datetime]
    #: The bearer's end (minutes) and the session's own end (days).
    token_expires_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created]
