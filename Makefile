# Quartermaster: `make run` starts the dashboard, `make test` checks everything. `make help` lists the rest.
# Needs Python 3.11, make and git; each target installs what it needs into .venv and skips what is there.

PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
# The first interpreter that really is 3.11 (a shim by that name may not start one).
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
# One thread for each numeric library: the work is many small batches, and tests must repeat exactly.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run setup setup-dev browser test lint types format bench sample clean check-python

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: setup  ## open the dashboard on http://localhost:8501 (another port: make run PORT=8600)
	@$(PY) -m core prepare
	@exec $(PY) -m core.ui.serve --server.port $(PORT)

setup: check-python  ## install what the dashboard needs into .venv
	@$(PYTHON) tools/install.py

setup-dev: check-python
	@$(PYTHON) tools/install.py --dev

browser: setup-dev
	@$(PY) tools/ensure_browser.py

test: setup-dev browser lint types  ## lint, types and every test, a file of tests to each core
	$(ONE_THREAD) $(PY) -m pytest -m "not timed" -n auto --dist loadfile --no-loadscope-reorder $(ARGS) || [ $$? -eq 5 ]
	$(ONE_THREAD) $(PY) -m pytest -m timed $(ARGS) || [ $$? -eq 5 ]

lint: setup-dev  ## ruff: rules and formatting
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup-dev  ## mypy in strict mode
	$(PY) -m mypy
	$(PY) -m mypy tools/install.py tools/ensure_browser.py

format: setup-dev  ## let ruff repair what it can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: setup-dev  ## time and score everything in benchmarks/
	$(PY) -m benchmarks $(ARGS)

sample: setup  ## make the sample data again
	$(PY) -m core sample $(ARGS)

clean:  ## remove .venv and caches; the data in var/ stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

check-python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed and was not found: install python3.11 (with venv), or say where it is: make PYTHON=/path/to/python3.11" >&2; exit 1; }
