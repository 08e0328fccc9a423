"""Which models a node had in use at each start, so that an engineer sees a room that infers with an old one."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; of earlier starts it is not known, so it is empty."""
    op.add_column("node_boots", sa.Column("models", sa.Text(), server_default="", nullable=False))
