"""The set-up: what `make run` and `make test` lean on before any package is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools import ensure_browser, install

REPO = Path(__file__).resolve().parents[1]
CONFIG = tomllib.loads((REPO / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
PIP_CONFIG = """:env:.cert='/etc/certs.pem'
:env:.find-links='/wheels'
global.extra-index-url='https://a.example/simple https://b.example/simple'
global.find-links='/elsewhere'
"""


@pytest.fixture
def venv(tmp_path: Path) -> install.Venv:
    """Return an environment that looks made, with uv in it."""
    (tmp_path / "bin").mkdir()
    for name in ("python", "uv"):
        (tmp_path / "bin" / name).touch()
    return install.Venv(tmp_path)


@pytest.fixture
def requirements(tmp_path: Path) -> list[Path]:
    """Return two requirement files."""
    files = [tmp_path / "requirements.txt", tmp_path / "requirements-dev.txt"]
    files[0].write_text("# pins\ntorch==2.13.0\nnumpy==2.4.6  # maths\n", encoding="utf-8")
    files[1].write_text("pytest==9.2.0\n", encoding="utf-8")
    return files


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record the commands that the installer runs; each of them succeeds."""
    seen: list[list[str]] = []
    monkeypatch.setattr(
        install, "run", lambda command, *_, **__: seen.append(list(command)) or True
    )
    return seen


def test_a_stamp_holds_until_a_requirement_file_changes(venv, requirements):
    """The second `make run` installs nothing; a changed pin does."""
    assert not install.is_current(venv, requirements[:1])
    install.write_stamp(venv, requirements[:1])
    assert install.is_current(venv, requirements[:1])
    requirements[0].write_text("torch==2.13.1\n", encoding="utf-8")
    assert not install.is_current(venv, requirements[:1])


def test_the_stamp_of_the_tests_covers_the_one_of_the_dashboard_but_not_the_reverse(
    venv, requirements
):
    """`make test` then `make run` installs once; `make run` then `make test` adds the rest."""
    install.write_stamp(venv, requirements[:1])
    assert not install.is_current(venv, requirements)
    install.write_stamp(venv, requirements)
    assert install.is_current(venv, requirements)
    assert install.is_current(venv, requirements[:1])


def test_a_moved_environment_is_not_current(venv, requirements, tmp_path):
    """Its scripts point at the old place."""
    install.write_stamp(venv, requirements)
    moved = venv.path.rename(tmp_path.parent / f"{tmp_path.name}-moved")
    assert not install.is_current(install.Venv(moved), [moved / file.name for file in requirements])


def test_uv_looks_where_pip_was_told_to_look():
    """Pip's environment beats its file; several indexes stay several."""
    options = install.uv_options(install.parse_pip_config(PIP_CONFIG))
    assert options == [
        *("--index", "https://a.example/simple", "--index", "https://b.example/simple"),
        *("--find-links", "/wheels"),
    ]


def test_a_local_wheel_is_tried_before_an_index_and_gpu_libraries_are_never_asked_for(
    venv, monkeypatch
):
    """The order of the ways to a CPU build; none of them brings dependencies."""
    attempts = install.torch_attempts(venv, "torch==2.13.0", ["--find-links", "/wheels"])
    local, index = (command for command, _ in attempts)
    assert "--no-index" in local
    assert index[index.index("--torch-backend") + 1] == "cpu"
    assert all("--no-deps" in command for command in (local, index))
    assert int(attempts[1][1]["UV_HTTP_TIMEOUT"]) <= 15


def test_torch_comes_before_the_requirement_files(venv, requirements, commands, monkeypatch):
    """Else the files would bring the GPU build."""
    monkeypatch.setattr(install, "pip_sources", lambda _: [])
    assert install.install(venv, requirements) is None
    joined = [" ".join(command) for command in commands]
    first_torch = next(i for i, text in enumerate(joined) if "torch==2.13.0" in text)
    first_file = next(i for i, text in enumerate(joined) if "-r " in text)
    assert first_torch < first_file


def test_pip_takes_over_where_uv_fails(venv, requirements, monkeypatch):
    """A failed uv is no failed set-up."""
    seen: list[list[str]] = []

    def only_pip(command, *_, **__):
        seen.append(list(command))
        return command[0] == venv.python

    monkeypatch.setattr(install, "run", only_pip)
    assert install.install_files(venv, requirements, [])
    assert [command[0] for command in seen] == [
        venv.path.joinpath("bin", "uv").as_posix(),
        venv.python,
    ]


def test_the_set_up_script_needs_no_installed_package():
    """It runs before anything is there: isolated, without site-packages, it still starts."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(REPO / "tools" / "install.py"), "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_requirement_is_pinned():
    """Proved together means: these versions and no others."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (REPO / name).read_text(encoding="utf-8").splitlines()
        pins = [line.split("#")[0].strip() for line in lines]
        assert all("==" in pin for pin in pins if pin), name
    assert install.pinned(REPO / "requirements.txt", "torch") == "torch==2.13.0"


def test_ci_runs_the_same_check_as_a_person():
    """.ci/run is executable and is `make test`."""
    script = REPO / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert re.search(r"^exec make test\b", script.read_text(encoding="utf-8"), re.MULTILINE)


def test_help_lists_every_command_of_the_makefile():
    """The commands that the README and the CHANGELOG name exist."""
    done = subprocess.run(["make", "help"], cwd=REPO, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^\s+make (\S+)", done.stdout, re.MULTILINE))
    assert {"run", "test", "setup", "lint", "types", "bench", "sample", "clean"} <= listed


def test_without_python_3_11_make_says_so_in_one_line():
    """And says what to do."""
    done = subprocess.run(
        ["make", "--no-print-directory", "setup", "PYTHON="],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Python 3.11 is needed" in done.stderr.splitlines()[0]


def test_the_browser_that_the_variable_names_is_the_one_used(tmp_path, monkeypatch):
    """QM_CHROMIUM wins over whatever is on the PATH."""
    browser = tmp_path / "my-chromium"
    browser.touch(mode=0o755)
    monkeypatch.setenv("QM_CHROMIUM", str(browser))
    assert ensure_browser.find() == str(browser)


def test_a_wrong_browser_variable_is_named(monkeypatch, capsys):
    """A typo is not silently replaced by another browser."""
    monkeypatch.setenv("QM_CHROMIUM", "/no/such/browser")
    assert ensure_browser.main() == 1
    assert "QM_CHROMIUM is '/no/such/browser'" in capsys.readouterr().err


def test_without_any_browser_one_line_says_what_to_install(monkeypatch, capsys):
    """Every way was tried and failed."""
    monkeypatch.delenv("QM_CHROMIUM", raising=False)
    monkeypatch.setattr(ensure_browser, "find", lambda: None)
    tried: list[str] = []
    monkeypatch.setattr(ensure_browser, "install_from_debian", lambda: tried.append("debian"))
    monkeypatch.setattr(ensure_browser, "install_from_playwright", lambda: tried.append("own"))
    assert ensure_browser.main() == 1
    assert tried == ["debian", "own"]
    assert capsys.readouterr().err.strip() == ensure_browser.REMEDY


def options(table: dict[str, object], prefix: str = "") -> list[str]:
    """Return the dotted names of the settings in a parsed TOML table."""
    names: list[str] = []
    for key, value in table.items():
        dotted = f"{prefix}{key}"
        names += options(value, f"{dotted}.") if isinstance(value, dict) else [dotted]
    return names


@pytest.mark.parametrize("name", options(CONFIG))
def test_streamlit_knows_every_setting(name):
    """An unknown one would only warn in a log, and a theme would silently be half there."""
    from streamlit import config

    config.get_option(name)


def test_nothing_is_sent_home_and_nobody_else_is_served():
    """The dashboard answers on this machine only and reports nothing."""
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["server"]["address"] == "localhost"


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), from 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_texts_and_colours_can_be_read_in_both_themes(mode):
    """4.5 to 1 for what is read (WCAG AA), 3 to 1 for the lines of a chart."""
    theme = CONFIG["theme"][mode]
    grounds = [theme["backgroundColor"], theme["secondaryBackgroundColor"]]
    grounds += theme["sidebar"].values()
    names = ("text", "link", "red", "orange", "yellow", "green", "blue", "gray")
    read = [theme[f"{name}Color"] for name in names]
    for ground in grounds[:2]:
        assert all(contrast(colour, ground) >= 4.5 for colour in read)
    assert all(contrast(theme["textColor"], ground) >= 7 for ground in grounds)
    assert all(contrast(c, grounds[0]) >= 3 for c in theme["chartCategoricalColors"])
    assert contrast(theme["primaryColor"], grounds[0]) >= 3
    assert contrast(theme["primaryColor"], "#ffffff") >= 4.5, "buttons write white on it"
