"""A room may have two nodes in use, one of each kind of sensor and no second of either."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Keep it in the database; until now a room had one node, so nothing that is there stands in the way."""
    in_use = sa.text("retired_at IS NULL")
    op.create_index(
        "uq_nodes_one_in_use_per_room_and_modality",
        "nodes",
        ["room_id", "modality"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
