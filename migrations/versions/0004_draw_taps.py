"""Keep the keys of taps that draws have answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draw_tap",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_draw_tap_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "draw_id", "fan_id", "key", name=op.f("pk_draw_tap")),
    )


def downgrade() -> None:
    op.drop_table("draw_tap")
