"""Tables of draws: the draw, who is in it, the frozen list in blocks, its documents, and who was drawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from masterapp.db import Base, Big, BrandOwned, Created, belongs_to

#: States of a draw whose numbers are known.
HELD = ("drawn", "settled")
#: States of a draw whose list is fixed.
FIXED = ("committed", *HELD)


class Draw(BrandOwned, Base):
    """A verifiable drawing of lots. Its terms are fixed when it is announced, its list when it is committed."""

    __tablename__ = "draw"
    __table_args__ = (
        belongs_to("campaign_id", "campaign"),
        Index("ix_draw_campaign", "brand_id", "campaign_id"),
    )

    campaign_id: Mapped[UUID]
    title: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: plays, stakes, tier, second_chance: where the tickets come from.
    source: Mapped[str]
    #: What ``draws/terms.py`` reads: tickets per play, caps, price of a ticket, condition, household rule, …
    terms: Mapped[dict[str, Any]]
    #: The prizes in the order in which they are drawn.
    prizes: Mapped[list[Any]] = mapped_column(default=list)
    #: draft, open, committing, committed, drawn, settled, cancelled, lapsed.
    state: Mapped[str] = mapped_column(default="draft")
    closes_at: Mapped[datetime | None]
    #: When the list is frozen and committed: the time between is for review and appeal.
    commits_at: Mapped[datetime | None]
    draws_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    committed_at: Mapped[datetime | None]
    drawn_at: Mapped[datetime | None]
    commitment: Mapped[dict[str, Any] | None]
    commit_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Dice that witnesses saw rolled before the beacon's round, where both count: a revealed source.
    dice: Mapped[dict[str, Any] | None]
    #: The revealed sources of chance.
    revealed: Mapped[list[Any] | None]
    #: Third parties' timestamps of the commitment: authority, time, token in base 64.
    timestamps: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    #: Why the next step waits, as a code of ``draws/wording.py``; empty while nothing is wrong.
    trouble: Mapped[str] = mapped_column(default="", server_default="")
    #: Grows with every edit of the draft.
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[Created]


class DrawEntry(Base):
    """One fan in one draw: one leaf. Written at every play, so it does not hang from the draw and its lock."""

    __tablename__ = "draw_entry"
    __table_args__ = (
        belongs_to("fan_id", "fan"),
        Index("uq_draw_entry_tag", "brand_id", "draw_id", "tag", unique=True),
        Index("ix_draw_entry_fan", "brand_id", "fan_id"),
        CheckConstraint("tickets >= 0 AND free >= 0 AND staked >= 0", name="nothing_negative"),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    draw_id: Mapped[UUID] = mapped_column(primary_key=True)
    fan_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Tickets earned by plays.
    tickets: Mapped[Big] = mapped_column(default=0, server_default="0")
    #: Tickets of the free route.
    free: Mapped[Big] = mapped_column(default=0, server_default="0")
    #: Points staked; the price of a ticket is in the terms.
    staked: Mapped[Big] = mapped_column(default=0, server_default="0")
    #: What was decided of this entry before the list is frozen: the protocol's class 0, 1, 3 or 4.
    verdict: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    #: Grows with every change: receipts are told apart by it.
    seq: Mapped[int] = mapped_column(default=1, server_default="1")
    #: Forgotten with the fan: without it nobody can tell whose leaf a tag is.
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    tag: Mapped[bytes] = mapped_column(LargeBinary)
    grouping: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]
    created_at: Mapped[Created]


class DrawTap(Base):
    """A tap that a draw has already answered: the same key again, however late, does nothing more."""

    __tablename__ = "draw_tap"
    __table_args__ = (belongs_to("fan_id", "fan"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    draw_id: Mapped[UUID] = mapped_column(primary_key=True)
    fan_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[Created]


class DrawBlock(Base):
    """A thousand records of a frozen list, as published: a proof reads one block, a download all of them."""

    __tablename__ = "draw_block"
    __table_args__ = (
        belongs_to("draw_id", "draw"),
        Index("ix_draw_block_tag", "brand_id", "draw_id", "first_tag"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    draw_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    first_tag: Mapped[bytes] = mapped_column(LargeBinary)
    records: Mapped[bytes] = mapped_column(LargeBinary)


class DrawDocument(Base):
    """A file of a draw: ``tree`` (the stored nodes), ``certificate`` (canonical JSON)."""

    __tablename__ = "draw_document"
    __table_args__ = (belongs_to("draw_id", "draw"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    draw_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[Created]


class DrawWinner(BrandOwned, Base):
    """One place that the draw filled: a winner, or an alternate who stands by."""

    __tablename__ = "draw_winner"
    __table_args__ = (
        belongs_to("draw_id", "draw"),
        belongs_to("fan_id", "fan"),
        Index("uq_draw_winner_place", "brand_id", "draw_id", "prize", "kind", "rank", unique=True),
        Index("ix_draw_winner_fan", "brand_id", "fan_id"),
        Index(
            "ix_draw_winner_deadline",
            "brand_id",
            "deadline_at",
            postgresql_where=text("deadline_at IS NOT NULL"),
        ),
    )

    draw_id: Mapped[UUID]
    fan_id: Mapped[UUID]
    #: The prize's id in the draw, winner or alternate, and the rank from 1: the protocol's place.
    prize: Mapped[str]
    kind: Mapped[str]
    rank: Mapped[int]
    #: The place in the order of the draw, from 0.
    step: Mapped[int]
    #: The number drawn, from 1, as people read it.
    ticket: Mapped[Big]
    leaf: Mapped[Big]
    #: standing_by, notified, claimed, checked, sent, delivered, vacant.
    state: Mapped[str] = mapped_column(default="standing_by")
    notified_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    #: How many reminders have left.
    reminders: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    #: The name under which the winner appears in the published list; empty stays nameless.
    label: Mapped[str] = mapped_column(default="", server_default="")
    #: Where the prize goes: asked only when it is claimed, forgotten when it is delivered.
    address: Mapped[dict[str, Any] | None]
    #: How the identity was checked, how it was sent: the member's own words.
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    #: reason, evidence_sha256, approvers, ts: set when the place fell vacant.
    vacancy: Mapped[dict[str, Any] | None]
    created_at: Mapped[Created]
