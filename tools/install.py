"""Install the pinned requirements into .venv, torch first and as a CPU build where one can be had.

Needs nothing but Python 3.11. A stamp in .venv, keyed on the requirement files, makes the next call
return at once. uv does the installing because it is about ten times faster; pip takes over wherever
uv fails.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = "uv==0.13.9"
# An index that does not answer must cost seconds, and a slow one must still be able to deliver.
IMPATIENT = {"UV_HTTP_TIMEOUT": "15", "UV_HTTP_CONNECT_TIMEOUT": "5", "UV_HTTP_RETRIES": "1"}
# What pip was told about its sources, and what uv calls the same thing.
SOURCE_OPTIONS = {
    "index-url": "--default-index",
    "extra-index-url": "--index",
    "find-links": "--find-links",
}


@dataclass(frozen=True)
class Venv:
    """A virtual environment and the ways to install into it."""

    path: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.path / "bin" / "python")

    @property
    def pip(self) -> list[str]:
        """The start of every pip command."""
        return [self.python, "-m", "pip", "--disable-pip-version-check"]

    @property
    def uv(self) -> list[str]:
        """The start of every uv command."""
        return [str(self.path / "bin" / "uv"), "pip", "install", "--python", self.python]

    @property
    def has_uv(self) -> bool:
        """Whether uv stands ready in it."""
        return (self.path / "bin" / "uv").exists()


def main() -> int:
    """Install what is missing; return the exit status."""
    parser = argparse.ArgumentParser(description="Install the pinned requirements into .venv.")
    parser.add_argument("--dev", action="store_true", help="what lint, types and tests need, too")
    dev = parser.parse_args().dev
    files = [ROOT / "requirements.txt"] + ([ROOT / "requirements-dev.txt"] if dev else [])
    venv = Venv(ROOT / ".venv")
    if is_current(venv, files):
        return 0
    started = time.monotonic()
    problem = install(venv, files)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    write_stamp(venv, files)
    print(f"Ready: {venv.path.name} holds every package ({time.monotonic() - started:.0f} s).")
    return 0


def install(venv: Venv, files: Sequence[Path]) -> str | None:
    """Make the environment and fill it; return what went wrong in one line, or None."""
    if not works(venv) and not create(venv):
        return "The virtual environment could not be made: install python3.11-venv and try again."
    if not venv.has_uv:
        run([*venv.pip, "install", "--quiet", UV])
    sources = pip_sources(venv)
    torch = pinned(files[0], "torch")
    if not has_torch(venv, torch):
        install_torch(venv, torch, sources)
    if not install_files(venv, files, sources):
        return "The packages could not be installed: read the messages above (is the network up?)."
    return None


def works(venv: Venv) -> bool:
    """Whether the environment's interpreter starts and is 3.11, which a half-made one is not."""
    check = "import sys; sys.exit(sys.version_info[:2] != (3, 11))"
    return Path(venv.python).exists() and run([venv.python, "-c", check])


def create(venv: Venv) -> bool:
    """Make the environment anew with the interpreter that runs this script."""
    shutil.rmtree(venv.path, ignore_errors=True)
    print(f"Making {venv.path.name} ...", flush=True)
    return run([sys.executable, "-m", "venv", str(venv.path)])


def install_torch(venv: Venv, torch: str, sources: Sequence[str]) -> None:
    """Try every way to a CPU build, the nearest first; the requirement file settles the rest.

    No dependencies here: the requirement file brings them, and a CPU build asks for no GPU library.
    """
    print(f"Looking for a CPU build of {torch} ...", flush=True)
    for command, environment in torch_attempts(venv, torch, sources):
        if run(command, environment, quiet=True):
            print(f"Installed {torch} as a CPU build.", flush=True)
            return
    print("No CPU build can be reached: taking what the package index has.", flush=True)


def torch_attempts(
    venv: Venv, torch: str, sources: Sequence[str]
) -> list[tuple[list[str], dict[str, str]]]:
    """Return what ends in a CPU build or fails fast: a local wheel, then torch's own index."""
    attempts: list[tuple[list[str], dict[str, str]]] = []
    if "--find-links" in sources:
        # pip knows its own wheel folders; without an index it looks nowhere else.
        attempts.append(([*venv.pip, "install", "--no-index", "--no-deps", torch], {}))
    if venv.has_uv:
        attempts.append(([*venv.uv, "--torch-backend", "cpu", "--no-deps", torch], IMPATIENT))
    return attempts


def install_files(venv: Venv, files: Sequence[Path], sources: Sequence[str]) -> bool:
    """Install the requirement files with uv, else with pip."""
    wanted = [part for file in files for part in ("-r", str(file))]
    print(f"Installing {', '.join(file.name for file in files)} ...", flush=True)
    best_match = ["--index-strategy", "unsafe-best-match"]  # pip's rule: the best of all sources
    if venv.has_uv and run([*venv.uv, "--quiet", *best_match, *sources, *wanted]):
        return True
    return run([*venv.pip, "install", *wanted])


def pip_sources(venv: Venv) -> list[str]:
    """Return pip's own package sources as uv options, so that uv looks where pip would."""
    listing = subprocess.run(
        [*venv.pip, "config", "list"], capture_output=True, text=True, check=False
    )
    return uv_options(parse_pip_config(listing.stdout))


def parse_pip_config(listing: str) -> dict[str, list[str]]:
    """Return option -> values of `pip config list`: the environment, else install, else global."""
    found: dict[str, tuple[int, list[str]]] = {}
    rank = {"global": 0, "install": 1, ":env:": 2}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.partition(".")
        if section in rank and rank[section] >= found.get(option, (-1, []))[0]:
            found[option] = (rank[section], str(ast.literal_eval(value)).split())
    return {option: values for option, (_, values) in found.items()}


def uv_options(config: Mapping[str, Sequence[str]]) -> list[str]:
    """Return uv's command line options for what pip was configured with."""
    return [
        part
        for option, flag in SOURCE_OPTIONS.items()
        for value in config.get(option, [])
        for part in (flag, value)
    ]


def pinned(file: Path, package: str) -> str:
    """Return the line that pins the package, `torch==2.13.0`."""
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return next(line for line in lines if line.split("==")[0] == package)


def has_torch(venv: Venv, torch: str) -> bool:
    """Whether the pinned torch stands in the environment already, any build of it."""
    package, _, version = torch.partition("==")
    found = venv.path.glob(f"lib/python*/site-packages/{package}-{version}*.dist-info")
    return any(True for _ in found)


def stamp_text(venv: Venv, files: Sequence[Path]) -> str:
    """Return what the stamp must say: a hash of the place, the interpreter and the files."""
    digest = hashlib.sha256(f"{venv.path}\n{sys.version}\n{UV}\n".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def stamp_path(venv: Venv, files: Sequence[Path]) -> Path:
    """Return the stamp of these requirement files."""
    return venv.path / f".installed-{files[-1].stem}"


def is_current(venv: Venv, files: Sequence[Path]) -> bool:
    """Whether the environment already holds what the files pin."""
    stamp = stamp_path(venv, files)
    return (
        Path(venv.python).exists()
        and stamp.exists()
        and stamp.read_text(encoding="utf-8") == stamp_text(venv, files)
    )


def write_stamp(venv: Venv, files: Sequence[Path]) -> None:
    """Note that these files, and each shorter set of them, are installed."""
    for count in range(1, len(files) + 1):
        part = files[:count]
        stamp_path(venv, part).write_text(stamp_text(venv, part), encoding="utf-8")


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None, quiet: bool = False
) -> bool:
    """Run the command without standard input; return whether it succeeded."""
    output = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    except OSError as error:
        print(f"{shlex.join(command)}: {error}", file=sys.stderr)
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
