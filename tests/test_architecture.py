"""The design's rules, read off the source: import direction, sizes, no unpickling, no idle pins."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
# A package may import itself and those before it, never those after it.
ORDER = [
    "domain",
    "ingest",
    "demand",
    "simulator",
    "policies",
    "agents",
    "evaluation",
    "explain",
    "planning",
    "store",
    "jobs",
    "services",
    "cli",
    "ui",
]
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60
MAX_ARGUMENTS = 7
UNPICKLERS = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
# Calls that unpickle without an import that says so: (owner, attribute).
UNPICKLING_CALLS = {
    *(("torch", name) for name in ("load", "save")),
    *((owner, "load") for owner in ("PPO", "A2C", "DQN", "SAC", "BaseAlgorithm")),
    *((owner, "read_pickle") for owner in ("pd", "pandas")),
}
PAGES_MAY_IMPORT = {"services", "ui", "domain"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*places: str) -> list[Path]:
    """Return the Python files in these folders, or these files, below the repository."""
    paths = (REPO / place for place in places)
    return sorted(
        file
        for path in paths
        for file in (path.rglob("*.py") if path.is_dir() else [path])
        if file.exists()
    )


CORE = files("core")
PAGES = files("pages", "app.py")
ALL = files("core", "pages", "app.py", "benchmarks", "tools")


def name_of(file: Path) -> str:
    """Return the path below the repository, for messages."""
    return file.relative_to(REPO).as_posix()


@cache
def tree_of(file: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


@cache
def imports(file: Path) -> tuple[tuple[str, int], ...]:
    """Return each imported dotted name with its line, at any depth; `from a import b` gives a.b."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = absolute_base(file, node)
            found += [(f"{base}.{alias.name}", node.lineno) for alias in node.names]
    return tuple(found)


def absolute_base(file: Path, node: ast.ImportFrom) -> str:
    """Return the module that a `from ... import` names, relative ones resolved."""
    if node.level == 0:
        return node.module or ""
    package = file.relative_to(REPO).parent.parts
    parts = [*package[: len(package) - node.level + 1], *([node.module] if node.module else [])]
    return ".".join(parts)


def core_package(dotted: str) -> str | None:
    """Return the package of core that the dotted name lies in, or None."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "core" and len(parts) > 1 and parts[1] in ORDER else None


def wrong_directions(file: Path) -> list[str]:
    """Return the imports of the file that go down the order."""
    own = file.relative_to(REPO).parts[1]
    allowed = set(ORDER[: ORDER.index(own) + 1])
    return [
        f"{name_of(file)}:{line} imports {dotted}"
        for dotted, line in imports(file)
        if (package := core_package(dotted)) is not None and package not in allowed
    ]


def in_package(file: Path) -> bool:
    """Whether the file of core lies in a package; core/__main__.py, a front door, does not."""
    return len(file.relative_to(REPO).parts) > 2


def functions(file: Path) -> Iterator[Function]:
    """Return every function and method of the file."""
    nodes = ast.walk(tree_of(file))
    return (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_command(function: Function) -> bool:
    """Whether Typer reads the function: its arguments are the options of a command line."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in {"command", "callback"}
        for decorator in function.decorator_list
        for node in ast.walk(decorator)
    )


def n_arguments(function: Function) -> int:
    """Return how many arguments a caller may give, self and cls not counted."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return sum(argument.arg not in {"self", "cls"} for argument in named)


# Packages that are imported by another name than they are installed by.
MODULES = {"scikit_learn": "sklearn"}


def required_modules() -> list[str]:
    """Return the module name of each distribution that requirements.txt pins."""
    lines = (REPO / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = (line.split("#")[0].strip() for line in lines)
    names = (pin.split("==")[0].strip().lower().replace("-", "_") for pin in pins if pin)
    return [MODULES.get(name, name) for name in names]


def test_core_holds_the_packages_of_the_design_and_no_others():
    """A package outside the order would escape the direction check."""
    found = {path.parent.name for path in (REPO / "core").glob("*/__init__.py")}
    assert found == set(ORDER)


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_itself_and_those_above_it_only(package):
    """Data goes down the line and does not come back up."""
    wrong = [text for file in files(f"core/{package}") for text in wrong_directions(file)]
    assert not wrong, "\n".join(wrong)


def test_no_package_imports_a_front_door_of_core():
    """core/__main__.py stands below everything: nothing may lean on it."""
    doors = {
        f"core.{file.stem}" for file in CORE if not in_package(file) and file.stem != "__init__"
    }
    wrong = [
        f"{name_of(file)}:{line} imports {dotted}"
        for file in CORE
        if in_package(file)
        for dotted, line in imports(file)
        if any(dotted == door or dotted.startswith(door + ".") for door in doors)
    ]
    assert not wrong, "\n".join(wrong)


def test_streamlit_is_imported_in_ui_pages_and_app_only():
    """Services, worker processes and the command line run without a page."""
    allowed = set(files("core/ui", "pages", "app.py", "benchmarks/pages.py"))
    wrong = [
        f"{name_of(file)}:{line}"
        for file in ALL
        if file not in allowed
        for dotted, line in imports(file)
        if dotted.split(".")[0] == "streamlit"
    ]
    assert not wrong, "\n".join(wrong)


def test_pages_reach_core_through_services_ui_and_domain_only():
    """A page reads inputs, calls a service and shows the result."""
    wrong = [
        f"{name_of(file)}:{line} imports {dotted}"
        for file in PAGES
        for dotted, line in imports(file)
        if dotted.split(".")[0] == "core" and core_package(dotted) not in PAGES_MAY_IMPORT
    ]
    assert not wrong, "\n".join(wrong)


def test_no_script_lies_directly_in_pages():
    """Streamlit would also run it by itself, without app.py, on a deep link."""
    wrong = [name_of(file) for file in files("pages") if len(file.relative_to(REPO).parts) != 3]
    assert not wrong, "\n".join(wrong)


# What a process hands its own child over a pipe: never a file, never anybody else's.
PIPE = "core/services/brief_helper.py"


def test_nothing_can_unpickle_but_a_helper_what_its_own_parent_hands_it():
    """A hostile agent file must never become code."""
    wrong = [
        f"{name_of(file)}:{line} imports {dotted}"
        for file in ALL
        if name_of(file) != PIPE
        for dotted, line in imports(file)
        if dotted.split(".")[0] in UNPICKLERS or dotted in {"torch.load", "pandas.read_pickle"}
    ]
    wrong += [text for file in ALL for text in unpickling_calls(file)]
    assert not wrong, "\n".join(wrong)


def test_the_helper_unpickles_its_standard_input_only():
    """And knows no way to a file or a socket."""
    (file,) = (file for file in CORE if name_of(file) == PIPE)
    text = file.read_text()
    assert text.count("pickle.load") == text.count("pickle.load(sys.stdin.buffer)") == 1
    doors = {"pathlib", "os", "io", "socket", "urllib", "core.store", "core.agents"}
    assert not doors & {dotted for dotted, _ in imports(file)}
    assert not re.search(r"\bopen\(", text)


def unpickling_calls(file: Path) -> Iterator[str]:
    """Return where the file calls something that unpickles."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in UNPICKLING_CALLS:
                yield f"{name_of(file)}:{node.lineno} uses {node.value.id}.{node.attr}"
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            yield f"{name_of(file)}:{node.value.lineno} sets allow_pickle (the default refuses)"


def test_files_stay_under_300_lines():
    """A longer file holds two things."""
    counts = ((file, len(file.read_text(encoding="utf-8").splitlines())) for file in ALL)
    wrong = [f"{name_of(file)}: {count} lines" for file, count in counts if count > MAX_FILE_LINES]
    assert not wrong, "\n".join(wrong)


def test_functions_stay_under_60_lines():
    """Ten lines is the aim, sixty a reason to stop."""
    wrong = [
        f"{name_of(file)}:{function.lineno} {function.name}: {length} lines"
        for file in ALL
        for function in functions(file)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]
    assert not wrong, "\n".join(wrong)


def test_functions_take_seven_arguments_at_most():
    """More than that is a dataclass; a command's options are exempt, they are typed at a prompt."""
    wrong = [
        f"{name_of(file)}:{function.lineno} {function.name}: {n_arguments(function)} arguments"
        for file in ALL
        for function in functions(file)
        if n_arguments(function) > MAX_ARGUMENTS and not is_command(function)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", required_modules())
def test_every_pinned_package_is_used(module):
    """What is installed on a planner's machine is needed there."""
    used = {dotted.split(".")[0] for file in [*CORE, *PAGES] for dotted, _ in imports(file)}
    assert module in used, (
        f"requirements.txt pins {module}, and core, pages and app never import it"
    )


def test_every_third_party_import_is_pinned():
    """A package that only comes along with another may vanish with it."""
    own = {"core", "pages", "app", "benchmarks", "tools"}
    known = {*required_modules(), *sys.stdlib_module_names, *own}
    wrong = [
        f"{name_of(file)}:{line} imports {dotted}"
        for file in [*CORE, *PAGES]
        for dotted, line in imports(file)
        if dotted.split(".")[0] not in known
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", ORDER)
def test_every_package_says_what_it_is_and_what_is_public(package):
    """A docstring and __all__ at the door of each package."""
    tree = tree_of(REPO / "core" / package / "__init__.py")
    targets = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    assert ast.get_docstring(tree), f"core/{package}/__init__.py has no docstring"
    assert "__all__" in targets, f"core/{package}/__init__.py has no __all__"
