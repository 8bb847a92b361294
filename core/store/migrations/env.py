"""What Alembic runs: on the connection it was given, or printing SQL where there is none."""

from __future__ import annotations

from alembic import context

from core.store._models import Base


def run() -> None:
    """Run the steps in one transaction, so that a half-done upgrade is never seen."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        dialect = context.config.attributes["dialect"]
        context.configure(dialect_name=dialect, target_metadata=Base.metadata, as_sql=True)
    else:
        context.configure(
            connection=connection, target_metadata=Base.metadata, transactional_ddl=True
        )
    with context.begin_transaction():
        context.run_migrations()


run()
