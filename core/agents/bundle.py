"""Agents as one file of data: weights in safetensors, all else JSON in its header. Never code.

Header metadata: ``format``, ``version``, ``manifest`` (JSON, see manifest.py) and ``sha256`` of
manifest and weights together, so that damage is noticed before anything is believed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from core.agents.agent import TrainedAgent
from core.agents.encoder import FeatureEncoder
from core.agents.json_reader import REMEDY, WHERE, JsonReader, parse_json
from core.agents.manifest import (
    read_algorithm,
    read_cards,
    read_code,
    read_encoder,
    read_record,
    read_scope,
    write_manifest,
)
from core.agents.networks import (
    ACTIVATIONS,
    CHOICE_HEADS,
    HEADS,
    Experts,
    Mlp,
    Network,
    Route,
    Table,
)
from core.agents.policy import Brain
from core.domain import BundleError

# Version 2: features are scaled, and s and S moved, in other units.
FORMAT, VERSION = "quartermaster-agent", "2"
MAX_BYTES = 64 * 2**20
_MAX_HEADER = 32 * 2**20
_MAX_LAYERS, _MAX_WIDTH, _MAX_EXPERTS = 8, 4096, 8
_MAX_CELLS = 1_000_000


def save(agent: TrainedAgent) -> bytes:
    """Write an agent as one file."""
    from safetensors.torch import save as write

    tensors = {
        name: value.detach().to(torch.float32).contiguous().clone()
        for name, value in agent.brain.network.tensors().items()
    }
    manifest = json.dumps(write_manifest(agent), separators=(",", ":"), allow_nan=False)
    body = write(tensors)
    start = 8 + int.from_bytes(body[:8], "little")
    header = json.loads(body[8:start])
    header["__metadata__"] = {
        "format": FORMAT,
        "version": VERSION,
        "manifest": manifest,
        "sha256": _sha256(manifest, body[start:]),
    }
    # Written here, since safetensors puts metadata in another order every time: the same agent
    # must give the same bytes. The weights start at a multiple of 8.
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body[start:]


def load(data: bytes) -> TrainedAgent:
    """Read an agent from a file that may be damaged or hostile; nothing in it is ever run.

    Raises:
        BundleMismatchError: where it is sound and made for features or algorithms not known here.
        BundleError: where it is damaged, of another version, or no agent at all.
    """
    header, start = _header(data)
    manifest = _manifest(header, data[start:])
    encoder, code = read_encoder(manifest.child("encoder")), read_code(manifest.child("orders"))
    network = _network(manifest.child("network"), _tensors(data))
    _check_sizes(encoder, network, code.n_choices or code.n_controls, bool(code.n_choices))
    return TrainedAgent(
        manifest.text("name", 100),
        read_algorithm(manifest),
        Brain(encoder, network, code),
        read_cards(manifest),
        read_record(manifest.child("record")),
        read_scope(manifest),
    )


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    if len(data) > MAX_BYTES:
        raise _damaged(f"The file is larger than an agent can be ({MAX_BYTES // 2**20} MB)")
    if data[:4] == b"PK\x03\x04":
        raise _damaged("This is a zip file, not an agent of this program")
    length = int.from_bytes(data[:8], "little")
    if len(data) < 16 or length > _MAX_HEADER or length > len(data) - 8:
        raise _damaged("The file is cut off, or is no agent file")
    header = parse_json(data[8 : 8 + length], "The header")
    if not isinstance(header, dict):
        raise _damaged("The header is not readable")
    return header, 8 + length


def _manifest(header: dict[str, Any], weights: bytes) -> JsonReader:
    meta = JsonReader(header.get("__metadata__"), "metadata")
    if meta.data.get("format") != FORMAT:
        raise _damaged("The file holds tensors, and no agent of this program")
    if meta.data.get("version") != VERSION:
        version = meta.text("version", 20)
        raise BundleError(
            f"This agent file has format version {version}, and only {VERSION} is known here",
            where=WHERE,
            remedy="Train it anew on the Agent page; a later file needs a later program.",
        )
    text = meta.data.get("manifest")
    if not isinstance(text, str) or meta.data.get("sha256") != _sha256(text, weights):
        raise _damaged("The file is damaged: its contents do not match its checksum")
    return JsonReader(parse_json(text, "The manifest"), "manifest")


def _tensors(data: bytes) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load as read

    try:
        tensors = read(data)
    except (SafetensorError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise _damaged("The weights cannot be read") from error
    for name, value in tensors.items():
        if value.dtype != torch.float32:
            raise _damaged(f"The weights {name!r:.40} must be 32-bit numbers")
        if not bool(torch.isfinite(value).all()):
            raise _damaged(f"The weights {name!r:.40} hold values that are no numbers")
    return tensors


def _network(data: JsonReader, tensors: dict[str, Tensor]) -> Network:
    kind = data.text("kind", 20)
    if kind not in _NETWORKS:
        raise data.fail("kind", f"one of {', '.join(_NETWORKS)}")
    return _NETWORKS[kind](data, tensors)


def _read_mlp(data: JsonReader, tensors: dict[str, Tensor]) -> Mlp:
    sizes = [int(size) for size in data.numbers("sizes", _MAX_LAYERS)]
    if len(sizes) < 2 or not all(1 <= size <= _MAX_WIDTH for size in sizes):
        raise data.fail("sizes", f"2 to {_MAX_LAYERS} layer sizes up to {_MAX_WIDTH}")
    activation, head = data.text("activation", 20), data.text("head", 20)
    if activation not in ACTIVATIONS or head not in HEADS or (head == "gated" and sizes[-1] < 2):
        raise data.fail("activation", "known here, and head likewise")
    wanted: dict[str, tuple[int, ...]] = {}
    for i, (n_in, n_out) in enumerate(pairwise(sizes)):
        wanted |= {f"{i}.weight": (n_out, n_in), f"{i}.bias": (n_out,)}
    _check_shapes(tensors, wanted)
    return Mlp.of(tensors, activation, head)


def _read_table(data: JsonReader, tensors: dict[str, Tensor]) -> Network:
    n_inputs, n_choices = data.whole("n_inputs", 1, 1000), data.whole("n_choices", 1, _MAX_WIDTH)
    columns = tuple(int(column) for column in data.numbers("columns", 4))
    edges = data.data.get("edges")
    if not isinstance(edges, list) or len(edges) != len(columns) or not columns:
        raise data.fail("edges", "one list for each column")
    if not all(0 <= column < n_inputs for column in columns):
        raise data.fail("columns", "numbers of features")
    rows = [JsonReader({"row": row}, f"{data.path}.edges") for row in edges]
    borders = tuple(row.numbers("row", 1000) for row in rows)
    n_cells = 1
    for row in borders:
        n_cells *= len(row) + 1
    if n_cells > _MAX_CELLS or any(list(row) != sorted(row) for row in borders):
        raise data.fail("edges", f"ascending, and at most {_MAX_CELLS} cells")
    _check_shapes(tensors, {"values": (n_cells, n_choices)})
    return Table(tensors["values"], columns, borders, n_inputs)


def _read_experts(data: JsonReader, tensors: dict[str, Tensor]) -> Network:
    parts = data.children("networks", _MAX_EXPERTS)
    routes = data.children("routes", _MAX_EXPERTS)
    if len(routes) != len(parts) - 1 or not routes:
        raise data.fail("routes", "one for every network but the last")
    networks = tuple(_read_expert(part, row, tensors) for row, part in enumerate(parts))
    if sum(len(network.tensors()) for network in networks) != len(tensors):
        raise _damaged("The file holds weights that belong to none of its networks")
    first = networks[0]
    if len({(network.n_inputs, network.n_outputs, network.head) for network in networks}) > 1:
        raise data.fail("networks", "networks of the same features and orders")
    return Experts(tuple(_read_route(route, first.n_inputs) for route in routes), networks)


def _read_route(data: JsonReader, n_inputs: int) -> Route:
    return Route(data.whole("column", 0, n_inputs - 1), data.number("threshold"))


def _read_expert(data: JsonReader, row: int, tensors: dict[str, Tensor]) -> Mlp:
    prefix = f"{row}."
    mine = {key: value for key, value in tensors.items() if key.startswith(prefix)}
    return _read_mlp(data, {key.removeprefix(prefix): value for key, value in mine.items()})


_NETWORKS: dict[str, Callable[[JsonReader, dict[str, Tensor]], Network]] = {
    Mlp.kind: _read_mlp,
    Table.kind: _read_table,
    Experts.kind: _read_experts,
}


def _check_shapes(tensors: dict[str, Tensor], wanted: dict[str, tuple[int, ...]]) -> None:
    found = {name: tuple(value.shape) for name, value in tensors.items()}
    for name, shape in wanted.items():
        if found.get(name) != shape:
            raise _damaged(f"The weights {name} must have the shape {shape}, not {found.get(name)}")
    if len(found) != len(wanted):
        raise _damaged(f"The file holds {len(found)} sets of weights, and {len(wanted)} belong")


def _check_sizes(encoder: FeatureEncoder, network: Network, n_out: int, is_choice: bool) -> None:
    if network.n_inputs != encoder.n_features:
        raise _damaged(f"The network reads {network.n_inputs} features of {encoder.n_features}")
    if network.n_outputs != n_out or (network.head in CHOICE_HEADS) != is_choice:
        raise _damaged(f"The network decides between {network.n_outputs} orders of {n_out}")


def _sha256(manifest: str, weights: bytes) -> str:
    return hashlib.sha256(manifest.encode("utf-8", "surrogatepass") + weights).hexdigest()


def _damaged(what: str) -> BundleError:
    return BundleError(what, where=WHERE, remedy=REMEDY)
