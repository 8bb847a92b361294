"""Find a Chromium for the browser tests, or install one; print where it is.

In this order: QM_CHROMIUM, one on the PATH, Playwright's own; then Debian's package where we are
root, then `playwright install chromium`; else one line that says what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = (
    "The browser tests need a Chromium and none could be installed: install the package `chromium` "
    "(or Google Chrome), or set QM_CHROMIUM to the path of one."
)


def main() -> int:
    """Make sure that a browser is there; return the exit status."""
    wanted = os.environ.get("QM_CHROMIUM")
    if wanted and not is_executable(wanted):
        message = f"QM_CHROMIUM is {wanted!r}, which is no program that can be run: correct it."
        print(message, file=sys.stderr)
        return 1
    path = find() or install()
    print(f"Browser: {path}" if path else REMEDY, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


def find() -> str | None:
    """Return the path of a Chromium that is there, or None."""
    wanted = os.environ.get("QM_CHROMIUM")
    if wanted:
        return wanted if is_executable(wanted) else None
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return on_path or playwright_chromium()


def install() -> str | None:
    """Install a Chromium, from Debian where we may, else Playwright's; return its path or None."""
    for attempt in (install_from_debian, install_from_playwright):
        attempt()
        path = find()
        if path:
            return path
    return None


def install_from_debian() -> None:
    """Install Debian's package, as root on Debian: elsewhere `chromium` may be an empty shell."""
    if os.geteuid() != 0 or not is_debian() or not shutil.which("apt-get"):
        return
    print("Installing Debian's chromium ...", flush=True)
    run(["apt-get", "update", "-qq"], 300)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], 900)


def install_from_playwright() -> None:
    """Install Playwright's own build, with the system libraries it needs where we are root."""
    print("Installing Playwright's chromium ...", flush=True)
    libraries = ["--with-deps"] if os.geteuid() == 0 else []
    run([sys.executable, "-m", "playwright", "install", *libraries, "chromium"], 900)


def playwright_chromium() -> str | None:
    """Return the path of Playwright's own Chromium where it has been installed."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return None
    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Error:
        return None
    return path if is_executable(path) else None


def is_executable(path: str) -> bool:
    """Whether the path is a program that we may run."""
    return Path(path).is_file() and os.access(path, os.X_OK)


def is_debian(release: Path = Path("/etc/os-release")) -> bool:
    """Whether this is Debian itself."""
    return release.exists() and "ID=debian" in release.read_text(encoding="utf-8").splitlines()


def run(command: Sequence[str], timeout: float) -> None:
    """Run the command with no one to ask and a limit in seconds; find() shows whether it worked."""
    environment = {
        **os.environ,
        "DEBIAN_FRONTEND": "noninteractive",
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "15000",
    }
    try:
        subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
