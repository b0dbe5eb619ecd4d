# The two commands: `make build` and `make test`. Both do all the set-up on a machine with Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: build test check validate readme answers bench lock clean

build: $(READY)  ## the graph of all reports, validated, in build/
	@$(BIN)/kg-builder build

test: $(READY)  ## all tests
	@$(BIN)/python -m pytest

check: $(READY)  ## style, types, tests
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/python -m pytest

validate: $(READY)  ## every problem of tables, shapes, queries and graph
	@$(BIN)/kg-builder validate

readme: build  ## the outputs that README.md shows, run again
	@$(BIN)/python tests/readme.py

answers: build  ## the expected answers in tests/answers, written again: read what changed
	@$(BIN)/python -m tests.expected

bench: $(READY)  ## a million findings: built and checked, as ratios
	@$(BIN)/python benchmarks/million.py

lock: $(READY)  ## pin the dependencies again, with hashes and without hosts
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --quiet --output-file requirements.lock

clean:  ## what was built
	@rm -rf build

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python has no venv: install it first, on Debian or Ubuntu with: apt install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv, once; this takes a minute …" >&2
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
