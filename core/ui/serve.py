"""Start the dashboard: `python -m core.ui.serve`, what `make run` does last."""

from __future__ import annotations

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from core.store import REPOSITORY


def serve(arguments: list[str]) -> None:
    """Run app.py in this process.

    Streamlit takes a folder named ``pages`` for its old automatic pages until the first visitor
    has run app.py; a first visit by deep link would meet "Page not found". So it is told before.

    Args:
        arguments: More options of ``streamlit run``.
    """
    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", str(REPOSITORY / "app.py"), *arguments]
    cli.main()


if __name__ == "__main__":
    serve(sys.argv[1:])
