"""The JSON part of a bundle: all of an agent except its weights."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from core.agents.actions import OrderCode, order_code_from_json
from core.agents.agent import ItemCard, TrainedAgent, TrainingRecord
from core.agents.config import ALGORITHM_LABELS
from core.agents.encoder import FeatureEncoder
from core.agents.features import FEATURES, MAX_BUCKETS
from core.agents.json_reader import REMEDY, WHERE, JsonReader
from core.agents.progress import CurvePoint
from core.agents.references import ItemReference
from core.agents.scope import MEASURES, Scope
from core.domain import BundleError, BundleMismatchError

MAX_ITEMS = 20_000
_MAX_CURVE = 20_000
_MAX_LEAD_TIMES = 2_000
_UNLIMITED = ("max_order", "max_stock")


def write_manifest(agent: TrainedAgent) -> dict[str, Any]:
    """Return everything but the weights as plain JSON values."""
    encoder = agent.brain.encoder
    return {
        "name": agent.name,
        "algorithm": agent.algorithm,
        "network": agent.brain.network.shape_json(),
        "encoder": {
            "names": list(encoder.names),
            "offset": list(encoder.offset),
            "scale": list(encoder.scale),
            "n_buckets": encoder.n_buckets,
        },
        "orders": agent.brain.code.to_json(),
        "items": [_write_card(card) for card in agent.cards],
        "record": asdict(agent.record),
        **({} if agent.scope is None else {"scope": _write_scope(agent.scope)}),
    }


def read_encoder(data: JsonReader) -> FeatureEncoder:
    """Read a feature encoder.

    Raises:
        BundleMismatchError: where it needs a feature that this version does not have.
        BundleError: where it is damaged.
    """
    names = data.texts("names", 10 * len(FEATURES))
    unknown = [name for name in names if name not in FEATURES]
    if unknown:
        raise BundleMismatchError(
            f"This agent was made for features that are not known here: {', '.join(unknown[:5])}",
            where=WHERE,
            remedy="Train a new agent on the Agent page.",
        )
    offset = data.numbers("offset", len(names))
    scale = data.numbers("scale", len(names))
    if not names or names[0] != "position" or len(set(names)) != len(names):
        raise data.fail("names", "different features, the stock position first")
    if not len(offset) == len(scale) == len(names) or min(scale) <= 0:
        raise data.fail("scale", "one number above 0 for each feature, and offset likewise")
    return FeatureEncoder(names, offset, scale, data.whole("n_buckets", 1, MAX_BUCKETS))


def read_code(data: JsonReader) -> OrderCode:
    """Read what the choices mean.

    Raises:
        BundleError: where it is damaged.
    """
    try:
        return order_code_from_json(data.data)
    except ValueError as error:
        raise BundleError(f"{data.path}: {error}", where=WHERE, remedy=REMEDY) from error


def read_algorithm(data: JsonReader) -> str:
    """Read the algorithm's name.

    Raises:
        BundleMismatchError: where there is no such algorithm here.
    """
    algorithm = data.text("algorithm", 40)
    if algorithm not in ALGORITHM_LABELS:
        raise BundleMismatchError(
            "This agent was made by a learning algorithm that is not known here",
            value=algorithm,
            where=WHERE,
            remedy="Train a new agent on the Agent page.",
        )
    return algorithm


def read_cards(data: JsonReader) -> tuple[ItemCard, ...]:
    """Read the items an agent was trained for.

    Raises:
        BundleError: where one is damaged.
    """
    return tuple(_read_card(card) for card in data.children("items", MAX_ITEMS))


def read_scope(data: JsonReader) -> Scope | None:
    """Read the ranges an agent was made for; None where it was made for its items alone.

    Raises:
        BundleMismatchError: where a range is of something this version does not measure.
        BundleError: where it is damaged.
    """
    if "scope" not in data.data:
        return None
    ranges = data.child("scope")
    unknown = [name for name in ranges.data if name not in MEASURES]
    if unknown:
        raise BundleMismatchError(
            f"This agent was made for ranges that are not known here: {', '.join(unknown[:5])}",
            where=WHERE,
            remedy="Train a new agent on the Agent page.",
        )
    return Scope({name: _read_range(ranges.child(name)) for name in ranges.data})


def read_record(data: JsonReader) -> TrainingRecord:
    """Read how the training went.

    Raises:
        BundleError: where it is damaged.
    """
    versions = data.plain("versions")
    return TrainingRecord(
        seed=data.whole("seed"),
        seconds=data.number("seconds", 0.0),
        steps=data.whole("steps"),
        validation_ratio=data.number("validation_ratio", 0.0),
        item_ratios=data.numbers("item_ratios", MAX_ITEMS),
        curve=tuple(_read_point(point) for point in data.children("curve", _MAX_CURVE)),
        data_sha256=data.text("data_sha256", 64),
        config=data.plain("config"),
        versions={name: str(value) for name, value in versions.items()},
    )


def _write_card(card: ItemCard) -> dict[str, Any]:
    data = asdict(card)
    for name in _UNLIMITED:
        data[name] = None if math.isinf(data[name]) else data[name]
    return data


def _read_card(data: JsonReader) -> ItemCard:
    reference = data.child("reference")
    return ItemCard(
        label=data.text("label"),
        holding_cost=data.number("holding_cost", 0.0),
        stockout_cost=data.number("stockout_cost", 0.0),
        fixed_cost=data.number("fixed_cost", 0.0),
        purchase_cost=data.number("purchase_cost", 0.0),
        lost_share=data.number("lost_share", 0.0, 1.0),
        lead_time=data.numbers("lead_time", _MAX_LEAD_TIMES),
        min_order=data.number("min_order", 0.0),
        pack_size=data.number("pack_size", 0.0),
        max_order=data.limit("max_order"),
        max_stock=data.limit("max_stock"),
        review_period=data.whole("review_period", 1, 100_000),
        demand_mean=data.number("demand_mean", 0.0),
        demand_sd=data.number("demand_sd", 0.0),
        demand_sha256=data.text("demand_sha256", 64),
        reference=ItemReference(
            reorder_point=reference.number("reorder_point"),
            order_up_to_level=reference.number("order_up_to_level"),
            stock_scale=reference.number("stock_scale", 1e-9),
            mean_demand=reference.number("mean_demand", 0.0),
            cost=reference.number("cost", 0.0),
            protection_mean=reference.number("protection_mean", 0.0),
            protection_sd=reference.number("protection_sd", 0.0),
            has_season=reference.flag("has_season"),
            unit=reference.number("unit", 1e-9),
            lot=reference.number("lot", 1e-9),
            is_gated=reference.flag("is_gated"),
            follows_sales=reference.flag("follows_sales"),
            is_steady=reference.flag("is_steady"),
        ),
    )


def _write_scope(scope: Scope) -> dict[str, Any]:
    return {
        name: {"low": low, "high": None if math.isinf(high) else high}
        for name, (low, high) in scope.ranges.items()
    }


def _read_range(data: JsonReader) -> tuple[float, float]:
    low, high = data.number("low"), data.limit("high")
    if low > high:
        raise data.fail("high", "at least low")
    return low, high


def _read_point(data: JsonReader) -> CurvePoint:
    return CurvePoint(
        data.number("elapsed_s", 0.0), data.whole("steps"), data.number("cost_ratio", 0.0)
    )
