"""What all page tests share: open a page through app.py, serve it to a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.conftest import REPO

APP = str(REPO / "app.py")


def opened(page: str, **parameters: str) -> AppTest:
    """Open a page through app.py, with these parameters in its link."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page(page)
    for name, value in parameters.items():
        app.query_params[name] = value
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    """Return the page, once nothing on it says that the program failed."""
    assert not app.exception
    assert not [error.value for error in app.error if "Something went wrong" in error.value]
    return app


@contextmanager
def served(home: Path, *start: str) -> Iterator[str]:
    """Serve the dashboard to a real browser, on a free port; yields its address.

    Args:
        home: Data home.
        start: Arguments of Python that start it; none for those of `make run`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true"]
    with subprocess.Popen(
        [sys.executable, *(start or ("-m", "core.ui.serve")), *options],
        cwd=REPO,
        env=os.environ | {"QUARTERMASTER_HOME": str(home), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            address = f"http://localhost:{port}"
            _wait_for(f"{address}/_stcore/health")
            yield address
        finally:
            process.terminate()


def _wait_for(address: str, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {address}")
