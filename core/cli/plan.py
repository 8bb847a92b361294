"""`plan`: today's orders, from files or from the active data."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import app
from core.cli.output import (
    JsonOption,
    planner_errors,
    print_table,
    progress,
    say,
    write_json,
    write_text,
)
from core.domain import OrderProposal, Period, PlannerError
from core.domain.wording import plural
from core.ingest import Source
from core.planning import orders_csv
from core.policies import POLICIES
from core.services.agents import agent_at_work, keep_agent
from core.services.assortment import Assortment, build_assortment
from core.services.comparing import compare_agent, latest_proof
from core.services.importing import import_from_file
from core.services.ordering import AUTO, Ordering, plan_today
from core.services.workspace import PlanData, load_plan_data
from core.store import AgentRecord, Store, open_store

_POLICY_HELP = (
    f"auto, {', '.join(POLICIES)}, or the name of an agent; default the one in use in the "
    "dashboard, auto for files."
)
FileOption = Annotated[Path | None, typer.Option()]


@app.command("plan")
def run(
    history: Annotated[Path | None, typer.Option(help="Sales: date, item, quantity.")] = None,
    items: Annotated[Path | None, typer.Option(help="Item master: lead times, costs.")] = None,
    stock: Annotated[Path | None, typer.Option(help="Stock on hand.")] = None,
    open_orders: Annotated[Path | None, typer.Option(help="Orders under way.")] = None,
    deliveries: Annotated[
        Path | None, typer.Option(help="Delivered order lines: measured lead times.")
    ] = None,
    stockout_days: Annotated[Path | None, typer.Option(help="Days without stock.")] = None,
    promotions: Annotated[Path | None, typer.Option(help="Promotions.")] = None,
    calendar: Annotated[Path | None, typer.Option(help="Closed days and holidays.")] = None,
    period: Annotated[
        Period | None, typer.Option(help="Bucket of the sales; default their own spacing.")
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of planning.")
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(help=_POLICY_HELP),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the orders as CSV to this file.")] = None,
    json: JsonOption = None,
) -> None:
    """Work out today's order for every item.

    With --history the orders are made from the files given, and nothing is kept; without, from
    the data in the dashboard. The order is decided after the last period of the history and
    before the next one's demand.
    """
    files = {
        "history": history,
        "items": items,
        "stock": stock,
        "open_orders": open_orders,
        "deliveries": deliveries,
        "stockout_days": stockout_days,
        "promotions": promotions,
        "calendar": calendar,
    }
    given = {kind: path for kind, path in files.items() if path is not None}
    day = None if as_of is None else as_of.date()
    with planner_errors(), _record(given, period, day) as store:
        data = load_plan_data(store, day)
        if data is None:
            raise PlannerError("There are no sales yet", remedy="Give --history FILE.csv.")
        with progress("Planning") as tell:
            assortment = build_assortment(data, store, tell)
            ordering = _order(store, assortment, policy or (AUTO if given else None), tell)
        _tell_assumed(data)
        rows = [_row(proposal) for proposal in ordering.proposals]
        if out is not None:
            write_text(out, orders_csv(ordering.proposals))
            say(f"Wrote {plural(len(rows), 'line')} to {out}", json)
        else:
            print_table(rows, json)
        write_json({"as_of": data.as_of, "period": data.period, "orders": rows}, json)


def _tell_assumed(data: PlanData) -> None:
    """Say on stderr which items stand at assumed costs and lead times."""
    assumed = [item.key.label for item in data.items if "lead_time" in item.assumed]
    if assumed:
        named = ", ".join(assumed[:5]) + (", ..." if len(assumed) > 5 else "")
        typer.echo(
            f"Note: {len(assumed)} items are not in the item master and stand at assumed costs "
            f"and lead times: {named}.",
            err=True,
        )


@contextmanager
def _record(files: dict[str, Path], period: Period | None, as_of: date | None) -> Iterator[Store]:
    """Return the dashboard's record, or one of these files that is gone afterwards."""
    if not files:
        yield open_store()
        return
    if "history" not in files:
        raise PlannerError(
            "Files were given without sales", value=", ".join(files), remedy="Give --history, too."
        )
    with tempfile.TemporaryDirectory(prefix="quartermaster-") as folder:
        store = open_store(Path(folder), f"sqlite:///{folder}/plan.db")
        try:
            for kind, path in files.items():
                _read(store, kind, path, period, as_of)
            yield store
        finally:
            store.close()


def _read(store: Store, kind: str, path: Path, period: Period | None, as_of: date | None) -> None:
    today = {} if as_of is None else {"today": as_of}
    wishes = {"period": period} if kind == "history" else {}
    preview, _ = import_from_file(store, kind, Source.from_path(path), **wishes, **today)
    for finding in preview.findings:
        if finding.severity == "warning":
            typer.echo(f"Note: {finding.message}", err=True)
    for asked in preview.open_questions:
        typer.echo(f"Note: {asked.question.text} Taken: {asked.answer}.", err=True)


def _order(store: Store, assortment: Assortment, policy: str | None, tell: object) -> Ordering:
    """Plan with a rule, an agent by name, the gate, or as the dashboard does."""
    if policy is None or policy in POLICIES:
        return plan_today(assortment, store, policy)
    record = _agent(store, policy)
    if record is None:
        return plan_today(assortment, store, AUTO)
    at_work = agent_at_work(store, assortment, record)
    if policy != AUTO:
        return plan_today(assortment, store, "agent", at_work)
    if latest_proof(store, assortment, record) is None:
        compare_agent(store, assortment, record)
    return plan_today(assortment, store, AUTO, at_work)


def _agent(store: Store, policy: str) -> AgentRecord | None:
    """Return the agent meant: by name, or the active one for auto; taken into this record."""
    own = open_store()
    record = own.agents.active() if policy == AUTO else own.agents.find(policy)
    if record is None or own is store:
        return record
    return keep_agent(store, record.name, own.agents.bundle(record), record.summary)


def _row(proposal: OrderProposal) -> dict[str, object]:
    return {
        "item": proposal.key.item,
        "location": proposal.key.location,
        "order_quantity": proposal.order_quantity,
        "s_S_quantity": proposal.baseline_quantity,
        "agent_quantity": proposal.agent_quantity,
        "policy": proposal.policy,
        "status": proposal.status.value,
        "reason": proposal.reason,
    }
