"""A stable-baselines3 .zip made elsewhere becomes an agent; nothing in it is unpickled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor

from core.agents.actions import choices_for, controls_for
from core.agents.agent import ItemCard, TrainedAgent, TrainingRecord, data_sha256
from core.agents.baseline import fit_baseline
from core.agents.config import TrainingConfig
from core.agents.json_reader import parse_json
from core.agents.networks import Mlp
from core.agents.policy import Brain
from core.agents.progress import CurvePoint
from core.agents.state_dict import open_zip, read_entry, read_state_dict, unreadable
from core.agents.task import Assignment, assign
from core.agents.validation import Validation
from core.domain import BundleError, BundleMismatchError
from core.policies.protocol import Policy
from core.simulator import Problem

_MAX_JSON = 8 * 2**20
_MAX_LAYERS = 8


@dataclass(frozen=True)
class Layout:
    """Where an algorithm keeps the layers that make its orders.

    Args:
        algorithm: Key of ALGORITHMS.
        hidden: Start of the hidden layers' names.
        last: Name of the last layer; empty where it is the last of ``hidden``.
        activation: Between layers, unless the file says otherwise.
        choice_head: Meaning of the last layer where it scores choices.
        control_head: Meaning where it gives controls.
    """

    algorithm: str
    hidden: str
    last: str
    activation: str
    choice_head: str = "argmax"
    control_head: str = "clip"


LAYOUTS: tuple[Layout, ...] = (
    Layout("dqn", "q_net.q_net.", "", "relu"),
    Layout("sac", "actor.latent_pi.", "actor.mu", "relu", control_head="tanh"),
    # A2C's layers have PPO's names; which of the two it was makes no difference to its orders.
    Layout("ppo", "mlp_extractor.policy_net.", "action_net", "tanh"),
)


def load_sb3_zip(
    data: bytes, problems: Sequence[Problem], *, baseline: Policy | None = None, name: str = ""
) -> TrainedAgent:
    """Read a PPO, A2C, DQN or SAC agent with an "MlpPolicy".

    It must have been trained on the features and orders that this program uses for these items
    (``InventoryEnv``); their numbers are checked, their meaning cannot be.

    Args:
        data: The .zip file.
        problems: Items it is to be used for.
        baseline: Their (s, S) policy; found first where it is not given.
        name: Name of the agent; by default the algorithm's.

    Raises:
        BundleMismatchError: where it reads another number of features or knows other orders.
        BundleError: where the file is damaged, contains code or is no such agent.
    """
    archive = open_zip(data)
    settings = parse_json(read_entry(archive, "data", _MAX_JSON), "The settings")
    weights = read_state_dict(read_entry(archive, "policy.pth"))
    layout, network = read_network(weights, settings if isinstance(settings, dict) else {})
    known = fit_baseline(problems) if baseline is None else baseline
    assignment = assign(problems, known, choices_for if network.head == "argmax" else controls_for)
    _check_sizes(network, assignment)
    return _agent(name or f"{layout.algorithm} (uploaded)", layout.algorithm, network, assignment)


def read_network(weights: Mapping[str, Tensor], settings: Mapping[str, Any]) -> tuple[Layout, Mlp]:
    """Find the layers that make the orders.

    Raises:
        BundleError: where the weights are not those of a plain MlpPolicy.
    """
    layout = next((x for x in LAYOUTS if any(key.startswith(x.hidden) for key in weights)), None)
    if layout is None:
        raise unreadable("The file holds no MlpPolicy of PPO, A2C, DQN or SAC")
    pattern = re.compile(re.escape(layout.hidden) + r"(\d+)\.weight")
    found = sorted(int(m.group(1)) for key in weights if (m := pattern.fullmatch(key)))
    layers = [f"{layout.hidden}{i}" for i in found] + [layout.last] * bool(layout.last)
    if not 1 <= len(layers) <= _MAX_LAYERS:
        raise unreadable("The network has no layers, or too many")
    tensors: dict[str, Tensor] = {}
    for i, layer in enumerate(layers):
        tensors |= {f"{i}.{part}": _get(weights, f"{layer}.{part}") for part in ("weight", "bias")}
    _check_chain(tensors, len(layers))
    # Where a standard deviation is learned as well, the outputs are controls.
    is_continuous = any(key == "log_std" or key.startswith("actor.") for key in weights)
    head = layout.control_head if is_continuous else layout.choice_head
    return layout, Mlp.of(tensors, _activation(settings, layout.activation), head)


def _get(weights: Mapping[str, Tensor], name: str) -> Tensor:
    if name not in weights:
        raise unreadable(f"The weights {name[:60]!r} are missing")
    return weights[name]


def _check_chain(tensors: Mapping[str, Tensor], n_layers: int) -> None:
    """Each layer must read what the one before it writes."""
    width = None
    for i in range(n_layers):
        weight, bias = tensors[f"{i}.weight"], tensors[f"{i}.bias"]
        is_layer = weight.ndim == 2 and bias.shape == weight.shape[:1] and weight.numel() > 0
        if not is_layer or width not in (None, weight.shape[1]):
            raise unreadable("The layers of the network do not fit together")
        width = weight.shape[0]


def _activation(settings: Mapping[str, Any], usual: str) -> str:
    """Read the activation where the settings show it as text; what is pickled stays closed."""
    arguments = settings.get("policy_kwargs")
    shown = str(arguments.get("activation_fn", "")) if isinstance(arguments, dict) else ""
    if not shown:
        return usual
    known = {"ReLU": "relu", "Tanh": "tanh"}
    found = [value for key, value in known.items() if shown.rstrip("'>").endswith(f".{key}")]
    if not found:
        raise BundleError(
            "The network uses an activation that is not known here",
            value=shown,
            where="the uploaded zip file",
            remedy="Use Tanh or ReLU.",
        )
    return found[0]


def _check_sizes(network: Mlp, assignment: Assignment) -> None:
    encoder, code = assignment.encoder, assignment.code
    n_outputs = code.n_choices or code.n_controls
    if network.n_inputs != encoder.n_features:
        raise BundleMismatchError(
            f"The agent reads {network.n_inputs} features, and these items have"
            f" {encoder.n_features}",
            where="the uploaded zip file",
            remedy=f"They are: {', '.join(encoder.names)}.",
        )
    if network.n_outputs != n_outputs:
        raise BundleMismatchError(
            f"The agent decides between {network.n_outputs} orders, and these items have"
            f" {n_outputs}",
            where="the uploaded zip file",
            remedy=f"Orders here are: {code.to_json()}.",
        )


def _agent(name: str, algorithm: str, network: Mlp, assignment: Assignment) -> TrainedAgent:
    a = assignment
    cards = tuple(ItemCard.of(p, item) for p, item in zip(a.problems, a.items, strict=True))
    agent = TrainedAgent(
        name, algorithm, Brain(a.encoder, network, a.code), cards, _empty_record(a.problems)
    )
    ratios = Validation(a.problems, a.baseline).item_ratios(agent.policy(a.problems))
    found = tuple(round(float(ratio), 6) for ratio in ratios)
    record = _empty_record(a.problems, sum(found) / len(found), found)
    return TrainedAgent(name, algorithm, agent.brain, cards, record)


def _empty_record(
    problems: Sequence[Problem], ratio: float = 0.0, item_ratios: tuple[float, ...] = ()
) -> TrainingRecord:
    """It was trained elsewhere; only what it is worth here is known."""
    return TrainingRecord(
        seed=0,
        seconds=0.0,
        steps=0,
        validation_ratio=ratio,
        item_ratios=item_ratios,
        curve=(CurvePoint(0.0, 0, ratio),),
        data_sha256=data_sha256(problems),
        config={**asdict(TrainingConfig()), "algorithm": "trained elsewhere"},
        versions={},
    )
