"""The first schema: every table of the core, and the job queue's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "brand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("locales", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("theme", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
        sa.UniqueConstraint("slug", name=op.f("uq_brand_slug")),
    )
    op.create_table(
        "asset",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_asset_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_asset")),
        sa.UniqueConstraint("brand_id", "sha256", name=op.f("uq_asset_brand_id_sha256")),
    )
    op.create_table(
        "audit_record",
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_audit_record_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_audit_record")),
    )
    op.create_index(
        "ix_audit_record_created", "audit_record", ["brand_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_audit_record_object",
        "audit_record",
        ["brand_id", "object_kind", "object_id"],
        unique=False,
    )
    op.create_table(
        "campaign",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origins", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_campaign_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("brand_id", "slug", name=op.f("uq_campaign_brand_id_slug")),
    )
    op.create_table(
        "consent_text",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_consent_text_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_consent_text")),
        sa.UniqueConstraint(
            "brand_id",
            "purpose",
            "channel",
            "locale",
            "version",
            name=op.f("uq_consent_text_brand_id_purpose_channel_locale_version"),
        ),
    )
    op.create_table(
        "exclusion",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_exclusion_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_exclusion")),
        sa.UniqueConstraint("brand_id", "value", name=op.f("uq_exclusion_brand_id_value")),
    )
    op.create_table(
        "fan",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True),
        sa.Column("email_domain", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("source", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_key", sa.LargeBinary(), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_fan_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_fan")),
        sa.UniqueConstraint("brand_id", "number", name=op.f("uq_fan_brand_id_number")),
    )
    op.create_index("ix_fan_created", "fan", ["brand_id", "created_at"], unique=False)
    op.create_index("ix_fan_email", "fan", ["brand_id", "email_key"], unique=False)
    op.create_table(
        "member",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("recovery_hashes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_stamp", sa.Text(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_member_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_member")),
        sa.UniqueConstraint("brand_id", "email", name=op.f("uq_member_brand_id_email")),
    )
    op.create_index("ix_member_email", "member", ["email"], unique=False)
    op.create_table(
        "provider_trip",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_provider_trip_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_provider_trip")),
        sa.UniqueConstraint(
            "brand_id", "state_hash", name=op.f("uq_provider_trip_brand_id_state_hash")
        ),
    )
    op.create_table(
        "sign_in",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("joining_provider", sa.Text(), nullable=True),
        sa.Column("joining_subject", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_sign_in_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_sign_in")),
    )
    op.create_index(
        "ix_sign_in_email", "sign_in", ["brand_id", "email_key", "created_at"], unique=False
    )
    op.create_table(
        "store",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_store_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_store")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_store_brand_id_code")),
    )
    op.create_table(
        "balance",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_balance_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_balance_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "fan_id", name=op.f("pk_balance")),
    )
    op.create_table(
        "consent",
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("address_prefix", sa.Text(), nullable=False),
        sa.Column("user_agent_hash", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_consent_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "text_id"],
            ["consent_text.brand_id", "consent_text.id"],
            name=op.f("fk_consent_brand_id_text_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_created", "consent", ["brand_id", "created_at"], unique=False)
    op.create_index(
        "ix_consent_fan",
        "consent",
        ["brand_id", "fan_id", "purpose", "channel", "created_at"],
        unique=False,
    )
    op.create_table(
        "fan_session",
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_fan_session_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "parent_id"],
            ["fan_session.brand_id", "fan_session.id"],
            name=op.f("fk_fan_session_brand_id_parent_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_fan_session")),
    )
    op.create_index("ix_fan_session_expires", "fan_session", ["expires_at"], unique=False)
    op.create_index("ix_fan_session_fan", "fan_session", ["brand_id", "fan_id"], unique=False)
    op.create_index("ix_fan_session_parent", "fan_session", ["brand_id", "parent_id"], unique=False)
    op.create_table(
        "game",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quota", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "campaign_id"],
            ["campaign.brand_id", "campaign.id"],
            name=op.f("fk_game_brand_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_game")),
        sa.UniqueConstraint(
            "brand_id", "campaign_id", "slug", name=op.f("uq_game_brand_id_campaign_id_slug")
        ),
    )
    op.create_table(
        "identity",
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_identity_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_identity")),
        sa.UniqueConstraint(
            "brand_id", "provider", "subject", name=op.f("uq_identity_brand_id_provider_subject")
        ),
    )
    op.create_index("ix_identity_fan", "identity", ["brand_id", "fan_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("store_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "invited_by"],
            ["member.brand_id", "member.id"],
            name=op.f("fk_invitation_brand_id_invited_by"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_invitation_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_invitation")),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["brand_id", "email"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_table(
        "member_store",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "member_id"],
            ["member.brand_id", "member.id"],
            name=op.f("fk_member_store_brand_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "store_id"],
            ["store.brand_id", "store.id"],
            name=op.f("fk_member_store_brand_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "member_id", "store_id", name=op.f("pk_member_store")),
    )
    op.create_table(
        "offer",
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("till_note", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("per_fan", sa.Integer(), nullable=False),
        sa.Column("code_source", sa.Text(), nullable=False),
        sa.Column("shop_url", sa.Text(), nullable=False),
        sa.Column("store_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "stock IS NULL OR issued <= stock", name=op.f("ck_offer_issued_within_stock")
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "campaign_id"],
            ["campaign.brand_id", "campaign.id"],
            name=op.f("fk_offer_brand_id_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_offer_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_offer")),
    )
    op.create_table(
        "point_entry",
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_point_entry_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_point_entry_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_point_entry")),
        sa.UniqueConstraint(
            "brand_id", "fan_id", "key", name=op.f("uq_point_entry_brand_id_fan_id_key")
        ),
    )
    op.create_index(
        "ix_point_entry_created", "point_entry", ["brand_id", "created_at"], unique=False
    )
    op.create_table(
        "trait",
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_trait_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_trait")),
    )
    op.create_index(
        "uq_trait_current",
        "trait",
        ["brand_id", "fan_id", "name"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "code_import",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("lines_done", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("rejected", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "member_id"],
            ["member.brand_id", "member.id"],
            name=op.f("fk_code_import_brand_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "offer_id"],
            ["offer.brand_id", "offer.id"],
            name=op.f("fk_code_import_brand_id_offer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_code_import")),
    )
    op.create_index(
        "ix_code_import_offer", "code_import", ["brand_id", "offer_id", "created_at"], unique=False
    )
    op.create_table(
        "counter",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id"],
            ["game.brand_id", "game.id"],
            name=op.f("fk_counter_brand_id_game_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "game_id", "name", "slot", name=op.f("pk_counter")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "coupon",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("play_id", sa.Uuid(), nullable=True),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_coupon_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "offer_id"],
            ["offer.brand_id", "offer.id"],
            name=op.f("fk_coupon_brand_id_offer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("brand_id", "code_key", name=op.f("uq_coupon_brand_id_code_key")),
    )
    op.create_index("ix_coupon_fan", "coupon", ["brand_id", "fan_id"], unique=False)
    op.create_index("ix_coupon_offer", "coupon", ["brand_id", "offer_id", "fan_id"], unique=False)
    op.create_index("ix_coupon_play", "coupon", ["brand_id", "play_id"], unique=False)
    op.create_table(
        "game_version",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("config", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("module_version", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id"],
            ["game.brand_id", "game.id"],
            name=op.f("fk_game_version_brand_id_game_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "game_id", "number", name=op.f("pk_game_version")),
    )
    op.create_index(
        "ix_game_version_created", "game_version", ["brand_id", "created_at"], unique=False
    )
    op.create_table(
        "imported_code",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "offer_id"],
            ["offer.brand_id", "offer.id"],
            name=op.f("fk_imported_code_brand_id_offer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_imported_code")),
        sa.UniqueConstraint(
            "brand_id", "code_key", name=op.f("uq_imported_code_brand_id_code_key")
        ),
    )
    op.create_index(
        "ix_imported_code_free",
        "imported_code",
        ["brand_id", "offer_id", "id"],
        unique=False,
        postgresql_where=sa.text("taken_at IS NULL"),
    )
    op.create_table(
        "prize",
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("collection", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("per_fan", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_prize_stock_not_negative")),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id"],
            ["game.brand_id", "game.id"],
            name=op.f("fk_prize_brand_id_game_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "offer_id"],
            ["offer.brand_id", "offer.id"],
            name=op.f("fk_prize_brand_id_offer_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_prize")),
    )
    op.create_index("ix_prize_game", "prize", ["brand_id", "game_id"], unique=False)
    op.create_table(
        "progress",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("day_plays", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("period_plays", sa.Integer(), nullable=False),
        sa.Column("open_play_id", sa.Uuid(), nullable=True),
        sa.Column("open_version", sa.Integer(), nullable=True),
        sa.Column("open_moves", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("best_score", sa.BigInteger(), nullable=True),
        sa.Column("best_duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_key", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_progress_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id"],
            ["game.brand_id", "game.id"],
            name=op.f("fk_progress_brand_id_game_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "game_id", "fan_id", name=op.f("pk_progress")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("ix_progress_fan", "progress", ["brand_id", "fan_id"], unique=False)
    op.create_table(
        "refusal",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_refusal_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id"],
            ["game.brand_id", "game.id"],
            name=op.f("fk_refusal_brand_id_game_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "brand_id", "game_id", "fan_id", "code", "day", name=op.f("pk_refusal")
        ),
    )
    op.create_index("ix_refusal_day", "refusal", ["brand_id", "day"], unique=False)
    op.create_table(
        "play",
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id", "fan_id"],
            ["progress.brand_id", "progress.game_id", "progress.fan_id"],
            name=op.f("fk_play_brand_id_game_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_play")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_play_fan", "play", ["brand_id", "fan_id", "opened_at"], unique=False)
    op.create_index("ix_play_game", "play", ["brand_id", "game_id", "opened_at"], unique=False)
    op.create_index(
        "ix_play_rank",
        "play",
        ["brand_id", "game_id", sa.literal_column("score DESC"), "duration_ms"],
        unique=False,
        postgresql_where=sa.text("score IS NOT NULL"),
    )
    op.create_table(
        "redemption",
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "coupon_id"],
            ["coupon.brand_id", "coupon.id"],
            name=op.f("fk_redemption_brand_id_coupon_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "member_id"],
            ["member.brand_id", "member.id"],
            name=op.f("fk_redemption_brand_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "store_id"],
            ["store.brand_id", "store.id"],
            name=op.f("fk_redemption_brand_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_redemption")),
        sa.UniqueConstraint(
            "brand_id", "store_id", "key", name=op.f("uq_redemption_brand_id_store_id_key")
        ),
    )
    op.create_index("ix_redemption_created", "redemption", ["brand_id", "created_at"], unique=False)
    op.create_index(
        "ix_redemption_store", "redemption", ["brand_id", "store_id", "created_at"], unique=False
    )
    op.create_index(
        "uq_redemption_coupon",
        "redemption",
        ["brand_id", "coupon_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "winning_moment",
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id"],
            ["game.brand_id", "game.id"],
            name=op.f("fk_winning_moment_brand_id_game_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "prize_id"],
            ["prize.brand_id", "prize.id"],
            name=op.f("fk_winning_moment_brand_id_prize_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_winning_moment")),
    )
    op.create_index(
        "ix_winning_moment_open",
        "winning_moment",
        ["brand_id", "game_id", "pool", "opens_at"],
        unique=False,
        postgresql_where=sa.text("taken_at IS NULL"),
    )
    op.create_index(
        "ix_winning_moment_prize", "winning_moment", ["brand_id", "prize_id"], unique=False
    )
    op.create_table(
        "move",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("play_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("input", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("given", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "play_id"],
            ["play.brand_id", "play.id"],
            name=op.f("fk_move_brand_id_play_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "play_id", "number", name=op.f("pk_move")),
    )
    op.create_index("ix_move_created", "move", ["brand_id", "created_at"], unique=False)
    op.create_index("uq_move_key", "move", ["brand_id", "game_id", "fan_id", "key"], unique=True)
    op.create_table(
        "prize_grant",
        sa.Column("fan_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.Uuid(), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=False),
        sa.Column("moment_id", sa.Uuid(), nullable=True),
        sa.Column("play_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id", "fan_id"],
            ["fan.brand_id", "fan.id"],
            name=op.f("fk_prize_grant_brand_id_fan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "game_id"],
            ["game.brand_id", "game.id"],
            name=op.f("fk_prize_grant_brand_id_game_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "moment_id"],
            ["winning_moment.brand_id", "winning_moment.id"],
            name=op.f("fk_prize_grant_brand_id_moment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["brand_id", "prize_id"],
            ["prize.brand_id", "prize.id"],
            name=op.f("fk_prize_grant_brand_id_prize_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "id", name=op.f("pk_prize_grant")),
    )
    op.create_index(
        "ix_prize_grant_fan", "prize_grant", ["brand_id", "fan_id", "prize_id"], unique=False
    )
    op.create_index("ix_prize_grant_play", "prize_grant", ["brand_id", "play_id"], unique=False)
    op.create_index("ix_prize_grant_prize", "prize_grant", ["brand_id", "prize_id"], unique=False)
    op.create_index("uq_prize_grant_moment", "prize_grant", ["brand_id", "moment_id"], unique=True)
    # The queue's script holds several statements and percent signs: it goes to the driver as it is.
    driver = op.get_bind().connection.driver_connection
    driver.execute(SchemaManager.get_schema().encode())


def downgrade() -> None:
    """Drop everything."""
    driver = op.get_bind().connection.driver_connection
    driver.execute(
        b"DROP TABLE IF EXISTS procrastinate_events, procrastinate_periodic_defers,"
        b" procrastinate_jobs, procrastinate_workers CASCADE"
    )
    driver.execute(_DROP_QUEUE_LEFTOVERS)
    op.drop_index("uq_prize_grant_moment", table_name="prize_grant")
    op.drop_index("ix_prize_grant_prize", table_name="prize_grant")
    op.drop_index("ix_prize_grant_play", table_name="prize_grant")
    op.drop_index("ix_prize_grant_fan", table_name="prize_grant")
    op.drop_table("prize_grant")
    op.drop_index("uq_move_key", table_name="move")
    op.drop_index("ix_move_created", table_name="move")
    op.drop_table("move")
    op.drop_index("ix_winning_moment_prize", table_name="winning_moment")
    op.drop_index(
        "ix_winning_moment_open",
        table_name="winning_moment",
        postgresql_where=sa.text("taken_at IS NULL"),
    )
    op.drop_table("winning_moment")
    op.drop_index(
        "uq_redemption_coupon",
        table_name="redemption",
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index("ix_redemption_store", table_name="redemption")
    op.drop_index("ix_redemption_created", table_name="redemption")
    op.drop_table("redemption")
    op.drop_index("ix_play_rank", table_name="play", postgresql_where=sa.text("score IS NOT NULL"))
    op.drop_index("ix_play_game", table_name="play")
    op.drop_index("ix_play_fan", table_name="play")
    op.drop_table("play")
    op.drop_index("ix_refusal_day", table_name="refusal")
    op.drop_table("refusal")
    op.drop_index("ix_progress_fan", table_name="progress")
    op.drop_table("progress")
    op.drop_index("ix_prize_game", table_name="prize")
    op.drop_table("prize")
    op.drop_index(
        "ix_imported_code_free",
        table_name="imported_code",
        postgresql_where=sa.text("taken_at IS NULL"),
    )
    op.drop_table("imported_code")
    op.drop_index("ix_game_version_created", table_name="game_version")
    op.drop_table("game_version")
    op.drop_index("ix_coupon_play", table_name="coupon")
    op.drop_index("ix_coupon_offer", table_name="coupon")
    op.drop_index("ix_coupon_fan", table_name="coupon")
    op.drop_table("coupon")
    op.drop_table("counter")
    op.drop_index("ix_code_import_offer", table_name="code_import")
    op.drop_table("code_import")
    op.drop_index(
        "uq_trait_current", table_name="trait", postgresql_where=sa.text("replaced_at IS NULL")
    )
    op.drop_table("trait")
    op.drop_index("ix_point_entry_created", table_name="point_entry")
    op.drop_table("point_entry")
    op.drop_table("offer")
    op.drop_table("member_store")
    op.drop_index(
        "uq_invitation_open",
        table_name="invitation",
        postgresql_where=sa.text("accepted_at IS NULL AND cancelled_at IS NULL"),
    )
    op.drop_table("invitation")
    op.drop_index("ix_identity_fan", table_name="identity")
    op.drop_table("identity")
    op.drop_table("game")
    op.drop_index("ix_fan_session_parent", table_name="fan_session")
    op.drop_index("ix_fan_session_fan", table_name="fan_session")
    op.drop_index("ix_fan_session_expires", table_name="fan_session")
    op.drop_table("fan_session")
    op.drop_index("ix_consent_fan", table_name="consent")
    op.drop_index("ix_consent_created", table_name="consent")
    op.drop_table("consent")
    op.drop_table("balance")
    op.drop_table("store")
    op.drop_index("ix_sign_in_email", table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_table("provider_trip")
    op.drop_index("ix_member_email", table_name="member")
    op.drop_table("member")
    op.drop_index("ix_fan_email", table_name="fan")
    op.drop_index("ix_fan_created", table_name="fan")
    op.drop_table("fan")
    op.drop_table("exclusion")
    op.drop_table("consent_text")
    op.drop_table("campaign")
    op.drop_index("ix_audit_record_object", table_name="audit_record")
    op.drop_index("ix_audit_record_created", table_name="audit_record")
    op.drop_table("audit_record")
    op.drop_table("asset")
    op.drop_table("brand")


# Functions and types of the queue that no table takes along.
_DROP_QUEUE_LEFTOVERS = b"""
DO $$
DECLARE leftover record;
BEGIN
  FOR leftover IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'procrastinate\\_%' LOOP
    EXECUTE 'DROP FUNCTION ' || leftover.name || ' CASCADE';
  END LOOP;
  FOR leftover IN
    SELECT typname AS name FROM pg_type
    WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c')
  LOOP
    EXECUTE 'DROP TYPE IF EXISTS ' || leftover.name || ' CASCADE';
  END LOOP;
END $$
"""
