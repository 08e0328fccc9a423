"""Tables about how people come in: accounts of the hospital's own sign-in, passkeys, and accounts that end."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Table, UniqueConstraint

from console.store.access_tables import metadata as metadata
from console.store.columns import blob, text, when

# fmt: off
# One table is one paragraph, so that the schema can be read as a page.
provider_accounts = Table(
    "provider_accounts", metadata,
    text("actor_id", key=True), text("issuer"), text("subject"), when("vouched_at"), when("denied_at", null=True),
    UniqueConstraint("issuer", "subject"),
)
"""Who at the hospital's sign-in an account belongs to, and when it last vouched for them, or no more."""
passkeys = Table(
    "passkeys", metadata,
    text("credential_id", key=True), text("actor_id"), blob("public_key"),
    Column("sign_count", BigInteger, nullable=False), text("label"), when("added_at"), when("used_at", null=True),
    when("ended_at", null=True), text("ended", null=True), Index(None, "actor_id"),
    CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name="an_ended_passkey_says_why"),
)
"""Public keys alone; `sign_count` is how often the newest sign-in said that the passkey was used."""
account_ends = Table(
    "account_ends", metadata, text("actor_id", key=True), when("ends_at"), when("set_at"), text("set_by"),
)
"""Agency and temporary staff: when their account ends (rule X6)."""
