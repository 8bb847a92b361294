"""Reading PyTorch weights as data: the pickle inside is listed opcode by opcode, never run.

A state dict is a pickle of an ordered dict of tensors beside the tensors' raw bytes. The few
opcodes and names that such a file needs are known; any other means that it wants to run something.
"""

from __future__ import annotations

import io
import math
import pickletools
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.domain import BundleError

MAX_ENTRY = 64 * 2**20
_MAX_PICKLE = 2**20
_MAX_ENTRIES = 500
_MAX_RATIO = 200
_WHERE = "the uploaded zip file"
_REMEDY = "Upload a file saved by stable-baselines3, or train an agent here."

_DICT, _REBUILD = "collections OrderedDict", "torch._utils _rebuild_tensor_v2"
_STORAGES: dict[str, np.dtype[Any]] = {
    "torch FloatStorage": np.dtype("<f4"),
    "torch DoubleStorage": np.dtype("<f8"),
    "torch LongStorage": np.dtype("<i8"),
    "torch IntStorage": np.dtype("<i4"),
}
_ALLOWED = {_DICT, _REBUILD, *_STORAGES}


class _Name(NamedTuple):
    """A name the pickle mentions; it is never looked up."""

    text: str


class _Storage(NamedTuple):
    """Where a tensor's bytes lie."""

    dtype: np.dtype[Any]
    key: str


class _Tensor(NamedTuple):
    """A tensor as described, not yet read."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]


_MARK = object()


def contains_code(detail: str) -> BundleError:
    """Return the error for a file that wants to run something."""
    return BundleError(
        f"The file contains code ({detail[:60]}), which is never run", where=_WHERE, remedy=_REMEDY
    )


def unreadable(what: str) -> BundleError:
    """Return the error for a damaged file."""
    return BundleError(what, where=_WHERE, remedy=_REMEDY)


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Open a zip file that may be hostile.

    Raises:
        BundleError: where it is no zip, has too many entries, or would unpack to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise unreadable("This is not a readable zip file") from error
    size = sum(entry.file_size for entry in entries)
    if len(entries) > _MAX_ENTRIES or size > min(2 * MAX_ENTRY, _MAX_RATIO * len(data) + 2**20):
        raise unreadable("The zip file would unpack to more than an agent can be")
    return archive


def read_entry(archive: zipfile.ZipFile, name: str, most: int = MAX_ENTRY) -> bytes:
    """Read one file of a zip, up to a limit whatever its directory says.

    Raises:
        BundleError: where it is missing, damaged or too large.
    """
    try:
        with archive.open(name) as stream:
            content = stream.read(most + 1)
    except (KeyError, zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError) as error:
        raise unreadable(f"The zip file has no readable {name[:60]!r} in it") from error
    except Exception as error:  # zlib.error and whatever else a decompressor may raise
        raise unreadable(f"{name[:60]!r} in the zip file is damaged") from error
    if len(content) > most:
        raise unreadable(f"{name[:60]!r} in the zip file is too large")
    return content


def read_state_dict(data: bytes) -> dict[str, Tensor]:
    """Read the weights of a file written by ``torch.save(state_dict)`` without running it.

    Raises:
        BundleError: where it is damaged, or holds anything but named tensors.
    """
    archive = open_zip(data)
    pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise unreadable("The weights are not in the format of PyTorch 1.6 or later")
    folder = pickles[0][: -len("data.pkl")]
    if (
        f"{folder}byteorder" in archive.namelist()
        and read_entry(archive, f"{folder}byteorder", 16) != b"little"
    ):
        raise unreadable("The weights were saved on a machine with another byte order")
    described = _Machine(read_entry(archive, pickles[0], _MAX_PICKLE)).run()
    if not isinstance(described, dict):
        raise unreadable("The weights are not a state dict")
    return {
        str(name): _read_tensor(archive, folder, value)
        for name, value in described.items()
        if isinstance(value, _Tensor)
    }


def _read_tensor(archive: zipfile.ZipFile, folder: str, described: _Tensor) -> Tensor:
    storage, shape = described.storage, described.shape
    raw = read_entry(archive, f"{folder}data/{storage.key}")
    n, width = math.prod(shape), storage.dtype.itemsize
    if len(shape) > 4 or (described.offset + n) * width > len(raw):
        raise unreadable("A tensor is larger than the bytes that were saved for it")
    values = np.frombuffer(raw, storage.dtype, n, described.offset * width).reshape(shape)
    if not np.isfinite(values).all():
        raise unreadable("The weights hold values that are no numbers")
    return torch.from_numpy(values.astype(np.float32))


@dataclass
class _Machine:
    """Follows a pickle's opcodes on a stack of descriptions; nothing is imported or called."""

    data: bytes

    def run(self) -> Any:
        """Return what the pickle describes.

        Raises:
            BundleError: at the first opcode or name that a state dict does not need.
        """
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        try:
            for opcode, argument, _ in pickletools.genops(self.data):
                if opcode.name == "STOP":
                    return self.stack[-1]
                if opcode.name not in _OPCODES:
                    raise contains_code(opcode.name)
                _OPCODES[opcode.name](self, argument)
        except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise unreadable("The weights are damaged") from error
        except RecursionError as error:
            raise unreadable("The weights are nested too deeply") from error
        raise unreadable("The weights are cut off")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def put(self, slot: int) -> None:
        self.memo[slot] = self.stack[-1]

    def name(self, text: str) -> None:
        if text not in _ALLOWED:
            raise contains_code(text)
        self.push(_Name(text))

    def since_mark(self) -> list[Any]:
        at = max(i for i, value in enumerate(self.stack) if value is _MARK)
        values = self.stack[at + 1 :]
        del self.stack[at:]
        return values

    def last(self, n: int) -> None:
        values = tuple(self.stack[len(self.stack) - n :])
        assert len(values) == n
        del self.stack[len(self.stack) - n :]
        self.push(values)

    def storage(self) -> None:
        kind, name, key, _, _ = self.stack.pop()
        if kind != "storage" or not isinstance(name, _Name) or not str(key).isalnum():
            raise ValueError(kind)
        self.push(_Storage(_STORAGES[name.text], str(key)))

    def reduce(self) -> None:
        arguments, name = self.stack.pop(), self.stack.pop()
        if not isinstance(name, _Name) or name.text not in _BUILDERS:
            raise contains_code(str(name))
        self.push(_BUILDERS[name.text](arguments))

    def set_items(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict):
            raise TypeError(target)
        for key, value in zip(values[::2], values[1::2], strict=True):
            target[str(key)] = value

    def set_one(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.set_items([key, value])

    def forget_state(self) -> None:
        """The _metadata that PyTorch hangs on a state dict; nothing needs it."""
        if not isinstance(self.stack.pop(), dict) or not isinstance(self.stack[-1], dict):
            raise contains_code("BUILD")


def _build_dict(arguments: Any) -> dict[str, Any]:
    if arguments != ():
        raise ValueError("a filled dict")
    return {}


def _build_tensor(arguments: Any) -> _Tensor:
    storage, offset, shape, stride = arguments[:4]
    if not isinstance(storage, _Storage) or not _are_sizes((offset, *shape, *stride)):
        raise ValueError("a tensor of something else")
    step = 1
    row_by_row: list[int] = []
    for size in reversed(shape):
        row_by_row.insert(0, step)
        step *= max(size, 1)
    if any(size > 1 and s != r for size, s, r in zip(shape, stride, row_by_row, strict=True)):
        raise unreadable("A tensor is not stored row by row")
    return _Tensor(storage, offset, tuple(shape))


def _are_sizes(values: tuple[Any, ...]) -> bool:
    return all(type(value) is int and 0 <= value < 2**40 for value in values)


_BUILDERS: dict[str, Callable[[Any], Any]] = {_DICT: _build_dict, _REBUILD: _build_tensor}

_Step = Callable[[_Machine, Any], None]
_OPCODES: dict[str, _Step] = {
    "PROTO": lambda m, a: None,
    "FRAME": lambda m, a: None,
    "MARK": lambda m, a: m.push(_MARK),
    "EMPTY_DICT": lambda m, a: m.push({}),
    "EMPTY_TUPLE": lambda m, a: m.push(()),
    "NONE": lambda m, a: m.push(None),
    "NEWTRUE": lambda m, a: m.push(True),
    "NEWFALSE": lambda m, a: m.push(False),
    "BININT": lambda m, a: m.push(a),
    "BININT1": lambda m, a: m.push(a),
    "BININT2": lambda m, a: m.push(a),
    "LONG1": lambda m, a: m.push(a),
    "BINUNICODE": lambda m, a: m.push(a),
    "SHORT_BINUNICODE": lambda m, a: m.push(a),
    "BINPUT": lambda m, a: m.put(a),
    "LONG_BINPUT": lambda m, a: m.put(a),
    "MEMOIZE": lambda m, a: m.put(len(m.memo)),
    "BINGET": lambda m, a: m.push(m.memo[a]),
    "LONG_BINGET": lambda m, a: m.push(m.memo[a]),
    "GLOBAL": lambda m, a: m.name(a),
    "TUPLE": lambda m, a: m.push(tuple(m.since_mark())),
    "TUPLE1": lambda m, a: m.last(1),
    "TUPLE2": lambda m, a: m.last(2),
    "TUPLE3": lambda m, a: m.last(3),
    "BINPERSID": lambda m, a: m.storage(),
    "REDUCE": lambda m, a: m.reduce(),
    "SETITEM": lambda m, a: m.set_one(),
    "SETITEMS": lambda m, a: m.set_items(m.since_mark()),
    "BUILD": lambda m, a: m.forget_state(),
}
