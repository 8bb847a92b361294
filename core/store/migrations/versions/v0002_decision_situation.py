"""Decisions say what was known of their item; those made before count as over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark, empty for decisions made before."""
    column = sa.Column("situation", sa.String(64), nullable=False, server_default="")
    op.add_column("decisions", column)


def downgrade() -> None:
    """Remove the mark."""
    op.drop_column("decisions", "situation")
