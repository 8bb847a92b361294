"""`python -m core`: plan, train, compare, benchmark, sample, prepare."""

from core.cli.main import app

app(prog_name="python -m core")
