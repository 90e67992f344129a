"""Seal winning moments: plans, secrets and jitter, households, stores and guaranteed prizes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN = "taken_at IS NULL AND passed_at IS NULL"
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "prize_pace",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("weekday", JSON, nullable=False),
        sa.Column("weekend", JSON, nullable=False),
        sa.Column("jitter", sa.Integer(), nullable=False),
        sa.Column("open_hours", sa.Integer(), nullable=False),
        sa.Column("expected_plays", sa.Integer(), nullable=False),
        sa.CheckConstraint("jitter BETWEEN 1 AND 65536", name=op.f("ck_prize_pace_jitter")),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id"],
            ["game.brand_id", "game.id"],
            name=op.f("fk_prize_pace_brand_id_game_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "game_id", name=op.f("pk_prize_pace")),
    )
    op.create_table(
        "seal",
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan", JSON, nullable=False),
        sa.Column("open_hours", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("root", sa.LargeBinary(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id"],
            ["game.brand_id", "game.id"],
            name=op.f("fk_seal_brand_id_game_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_seal")),
        sa.UniqueConstraint(
            "brand_id", "game_id", "number", name=op.f("uq_seal_brand_id_game_id_number")
        ),
    )
    op.create_index(
        "ix_seal_open",
        "seal",
        ["brand_id"],
        postgresql_where=sa.text("sealed_at IS NULL OR revealed_at IS NULL"),
    )
    op.create_table(
        "household_wins",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Text(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "prize_id"],
            ["prize.brand_id", "prize.id"],
            name=op.f("fk_household_wins_brand_id_prize_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "brand_id", "prize_id", "household", name=op.f("pk_household_wins")
        ),
    )
    for column in (
        sa.Column("per_household", sa.Integer(), server_default="0", nullable=False),
        sa.Column("store_ids", JSON, server_default="[]", nullable=False),
        sa.Column("guaranteed", sa.Boolean(), server_default="false", nullable=False),
    ):
        op.add_column("prize", column)
    for column in (
        sa.Column("guaranteed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("to_pass", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seal_id", sa.Uuid(), nullable=True),
        sa.Column("j", sa.Integer(), nullable=True),
        sa.Column("t_ms", sa.BigInteger(), nullable=True),
        sa.Column("k", sa.Integer(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draw_id", sa.Uuid(), nullable=True),
    ):
        op.add_column("winning_moment", column)
    op.create_foreign_key(
        op.f("fk_winning_moment_brand_id_seal_id"),
        "winning_moment",
        "seal",
        ["brand_id", "seal_id"],
        ["brand_id", "id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint("to_pass_not_negative", "winning_moment", "to_pass >= 0")
    op.create_check_constraint(
        "one_fate", "winning_moment", "taken_at IS NULL OR passed_at IS NULL"
    )
    op.drop_index("ix_winning_moment_open", table_name="winning_moment")
    for name, kind in (("open", "NOT guaranteed"), ("guaranteed", "guaranteed")):
        op.create_index(
            f"ix_winning_moment_{name}",
            "winning_moment",
            ["brand_id", "game_id", "pool", "opens_at"],
            postgresql_where=sa.text(f"{OPEN} AND {kind}"),
        )
    op.create_index(
        "uq_winning_moment_seal", "winning_moment", ["brand_id", "seal_id", "j"], unique=True
    )


def downgrade() -> None:
    op.drop_index("uq_winning_moment_seal", table_name="winning_moment")
    op.drop_index("ix_winning_moment_guaranteed", table_name="winning_moment")
    op.drop_index("ix_winning_moment_open", table_name="winning_moment")
    op.create_index(
        "ix_winning_moment_open",
        "winning_moment",
        ["brand_id", "game_id", "pool", "opens_at"],
        postgresql_where=sa.text("taken_at IS NULL"),
    )
    op.drop_constraint(op.f("ck_winning_moment_one_fate"), "winning_moment")
    op.drop_constraint(op.f("ck_winning_moment_to_pass_not_negative"), "winning_moment")
    op.drop_constraint(op.f("fk_winning_moment_brand_id_seal_id"), "winning_moment")
    for name in (
        *("draw_id", "passed_at", "generation", "salt", "k", "t_ms", "j", "seal_id", "to_pass"),
        "guaranteed",
    ):
        op.drop_column("winning_moment", name)
    for name in ("guaranteed", "store_ids", "per_household"):
        op.drop_column("prize", name)
    op.drop_table("household_wins")
    op.drop_index("ix_seal_open", table_name="seal")
    op.drop_table("seal")
    op.drop_table("prize_pace")
