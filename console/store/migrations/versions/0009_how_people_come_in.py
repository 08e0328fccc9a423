"""Accounts of the hospital's own sign-in, passkeys, and accounts that end by themselves."""

import sqlalchemy as sa
from alembic import op

from console.store import columns

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the tables; nothing that is there is changed."""
    op.create_table(
        "provider_accounts",
        *(_text(name) for name in ("actor_id", "issuer", "subject")),
        _when("vouched_at"),
        _when("denied_at", null=True),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_provider_accounts")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_accounts_issuer_subject")),
    )
    op.create_table(
        "passkeys",
        *(_text(name) for name in ("credential_id", "actor_id")),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        _text("label"),
        _when("added_at"),
        _when("used_at", null=True),
        _when("ended_at", null=True),
        _text("ended", null=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name=op.f("ck_passkeys_an_ended_passkey_says_why")),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_passkeys")),
    )
    op.create_index(op.f("ix_passkeys_actor_id"), "passkeys", ["actor_id"])
    op.create_table(
        "account_ends",
        _text("actor_id"),
        _when("ends_at"),
        _when("set_at"),
        _text("set_by"),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_account_ends")),
    )


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _when(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, columns.UtcTime(), nullable=null)
