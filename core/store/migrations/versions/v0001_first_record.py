"""The first record: datasets, settings, agents, runs, decisions, jobs.

A step names its columns itself instead of using today's models, so that it still does the same
when the models have moved on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_WORD = sa.String(80)
_SHA = sa.String(64)
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables and their indexes."""
    _imports()
    _settings()
    _agents()
    _runs()
    _decisions()
    _jobs()


def downgrade() -> None:
    """Remove all tables."""
    for table in (
        "job_points",
        "jobs",
        "decisions",
        "runs",
        "agents",
        "settings",
        "dataset_activations",
        "datasets",
    ):
        op.drop_table(table)


def _table(name: str, *columns: sa.Column[Any] | sa.Constraint, key: str = "id") -> None:
    number = sa.Column(key, sa.Integer(), nullable=False)
    primary = sa.PrimaryKeyConstraint(key, name=f"pk_{name}")
    op.create_table(name, number, *columns, primary, sqlite_autoincrement=True)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _maybe(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])


def _imports() -> None:
    _table(
        "datasets",
        _needed("kind", _WORD),
        _needed("source_name", sa.Text()),
        _needed("source_sha256", _SHA),
        _needed("parquet_sha256", _SHA),
        _needed("n_rows", sa.Integer()),
        _needed("imported_at", _TIME),
        _needed("is_sample", sa.Boolean()),
        _needed("details", sa.JSON()),
    )
    _index("datasets", "kind")
    owner = "fk_dataset_activations_dataset_id"
    _table(
        "dataset_activations",
        _needed("kind", _WORD),
        _maybe("dataset_id", sa.Integer()),
        _needed("activated_at", _TIME),
        _maybe("undone_at", _TIME),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=owner),
    )
    _index("dataset_activations", "kind")


def _settings() -> None:
    _table(
        "settings",
        _needed("key", _WORD),
        _needed("version", sa.Integer()),
        _needed("value", sa.JSON()),
        _needed("changed_at", _TIME),
        sa.UniqueConstraint("key", "version", name="uq_settings_key_version"),
    )


def _agents() -> None:
    _table(
        "agents",
        _needed("name", _WORD),
        _needed("name_key", sa.String(240)),
        _needed("algorithm", _WORD),
        _needed("created_at", _TIME),
        _needed("bundle_sha256", _SHA),
        _needed("summary", sa.JSON()),
        _needed("active", sa.Boolean()),
        sa.UniqueConstraint("name_key", name="uq_agents_name_key"),
    )


def _runs() -> None:
    _table(
        "runs",
        _needed("kind", _WORD),
        _needed("created_at", _TIME),
        _needed("inputs", sa.JSON()),
        _needed("inputs_sha256", _SHA),
        _maybe("result", sa.JSON()),
        _maybe("table_sha256", _SHA),
    )
    _index("runs", "kind")
    _index("runs", "inputs_sha256")


def _decisions() -> None:
    _table(
        "decisions",
        _needed("item", sa.Text()),
        _needed("location", sa.Text()),
        _needed("choice", _WORD),
        _needed("quantity", sa.Double()),
        _needed("proposed_quantity", sa.Double()),
        _needed("baseline_quantity", sa.Double()),
        _maybe("agent_quantity", sa.Double()),
        _needed("reason", sa.Text()),
        _needed("note", sa.Text()),
        _needed("planner", sa.Text()),
        _needed("decided_at", _TIME),
        _needed("run_id", _WORD),
        _maybe("reverts", sa.Integer()),
        sa.ForeignKeyConstraint(["reverts"], ["decisions.number"], name="fk_decisions_reverts"),
        sa.UniqueConstraint("reverts", name="uq_decisions_reverts"),
        key="number",
    )
    _index("decisions", "item")
    _index("decisions", "run_id")


def _jobs() -> None:
    _table(
        "jobs",
        _needed("kind", _WORD),
        _needed("payload", sa.JSON()),
        _needed("status", sa.String(20)),
        _needed("created_at", _TIME),
        _maybe("launched_at", _TIME),
        _needed("n_launches", sa.Integer()),
        _maybe("started_at", _TIME),
        _maybe("finished_at", _TIME),
        _needed("host", sa.Text()),
        _maybe("pid", sa.Integer()),
        _needed("pid_token", sa.Text()),
        _maybe("heartbeat_at", _TIME),
        _needed("progress", sa.JSON()),
        _maybe("result", sa.JSON()),
        _needed("error", sa.Text()),
        _maybe("checkpoint_sha256", _SHA),
    )
    _index("jobs", "status")
    owner = "fk_job_points_job_id"
    _table(
        "job_points",
        _needed("job_id", sa.Integer()),
        _needed("reported_at", _TIME),
        _needed("point", sa.JSON()),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=owner, ondelete="CASCADE"),
    )
    _index("job_points", "job_id")
