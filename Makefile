# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything that a person or a machine runs here is a target of this file; `make help` names them all.

PYTHON ?= python3
DEVICES ?= 1000
PRODUCT ?= neurons
SEED ?= 7
PORT ?= 0
KIND ?= reconcile
PRODUCTS ?= neurons epmm
ARGS ?=
VERSION ?=
DRY_RUN ?=
# A file of exact versions for pip. CI gives one; the commands of the README do not.
CONSTRAINTS ?=

VENV := .venv
BIN := $(VENV)/bin
COLLECTIONS := $(VENV)/collections
COLLECTION := $(COLLECTIONS)/ansible_collections/ivanti/uem
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
ANSIBLE_CORE := ansible-core>=2.16

# `make test` measures it in its own run of pytest, so that no test runs twice.
MEASURED :=

# Where pylint of ansible-test looks; without it, everywhere.
PYLINT_OF ?=

# Compiled code is kept, whatever the machine says: hundreds of processes start here, and each would
# compile the emulator or the tests again.
unexport PYTHONDONTWRITEBYTECODE

# How many tests `pytest -n auto` runs at a time. A test waits for an emulator or for a timer about
# half of its time, so two share a core.
export PYTEST_XDIST_AUTO_NUM_WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? 2 * cores : 8)))

# The stages of `make test` but for pytest. Two run at a time: the longest one beside the others.
CHECKS := sanity lint types prose yaml-lint ansible-lint docs-lint changelog-lint doc-fragments \
  build molecule bench-quick

PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install -qq $(addprefix -c ,$(CONSTRAINTS)) '$(ANSIBLE_CORE)' -r requirements.txt
NEEDED_PYTHON := import sys; sys.exit(sys.version_info < (3, 10))

# The repository is the collection: a link under .venv gives it the path that Ansible asks for.
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(COLLECTIONS)
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

heading = @printf '\n=== %s ===\n' '$(1)'

# The tools that write documentation, each run with an argument, or without one. All run, and the
# status is 1 if one fails.
GENERATORS := action_plugins doc_fragments actions_doc harm_doc coverage_doc roles_doc fields_doc emulator_readme content_doc state_schema
generators = @status=0; for tool in $(GENERATORS); do \
	  PYTHONPATH='$(CURDIR)/$(COLLECTIONS)' $(BIN)/python tools/$$tool.py $(1) || status=1; done; exit $$status

# ---------------------------------------------------------------- the commands of the README

.PHONY: help
help: ## name every target
	@echo 'usage: make TARGET [VARIABLE=value]'
	@echo
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)$$/\1:\2/p' $(firstword $(MAKEFILE_LIST)) \
	  | awk -F: '{ printf "  make %-15s %s\n", $$1, substr($$0, length($$1) + 2) }'
	@echo
	@echo 'variables: PYTHON (python3), DEVICES (1000), SEED (7), PORT (0: any free one), CONSTRAINTS (none), ARGS (for the tool behind a target)'

.PHONY: demo
demo: $(RUN_STAMP) ## the whole story on an emulated fleet: inventory, plan, apply, apply again
	@$(BIN)/python tools/demo.py $(ARGS)

.PHONY: test
test: $(DEV_STAMP) ## all checks and tests, which .ci/run runs on a clean clone; pytest's own summary is the last line
	@PYLINT_OF=plugins/ $(BIN)/python tools/stages.py $(CHECKS) collect
	@mkdir -p tests/output/coverage
	@$(MAKE) --no-print-directory pytest MEASURED='--cov --cov-report=json'
	@$(BIN)/python tools/coverage_gate.py --quiet

.PHONY: test-fast
test-fast: lint types prose ## what a change needs most, in a minute: lint, types, prose, unit tests and contracts
	$(call heading,pytest)
	@$(BIN)/python -m pytest tests/unit tests/contracts -q -n auto --dist worksteal $(ARGS)

.PHONY: emulator
emulator: $(RUN_STAMP) ## an emulator in the foreground, with the export lines for a second shell (PRODUCT, DEVICES, SEED, PORT)
	@$(BIN)/python tools/emulator.py --product $(PRODUCT) --devices $(DEVICES) --seed $(SEED) --port $(PORT) $(ARGS)

.PHONY: bench
bench: $(RUN_STAMP) ## the measured promises, as ratios in one run
	@$(BIN)/python tests/benchmark/bench.py $(ARGS)

.PHONY: bench-state
bench-state: $(RUN_STAMP) ## what the plan of a declared state costs beside its inventory, as ratios in one run
	@PYTHONPATH='$(CURDIR)/$(COLLECTIONS)' $(BIN)/python tests/benchmark/state.py $(ARGS)

.PHONY: bench-hosts
bench-hosts: $(RUN_STAMP) ## what a task costs for each host, as ratios in one run
	@$(BIN)/python tests/benchmark/per_host.py $(ARGS)

.PHONY: bench-wire
bench-wire: $(RUN_STAMP) ## a slow network, a server that limits the rate, and memory (ARGS="latency rate" for some of them)
	@$(BIN)/python tests/benchmark/wire.py $(ARGS)

.PHONY: bench-inventory
bench-inventory: $(RUN_STAMP) ## what the inventories cost beside the bare requests and beside a script
	@PYTHONPATH='$(CURDIR)/$(COLLECTIONS)' $(BIN)/python tests/benchmark/inventory.py $(ARGS)

.PHONY: bench-today
bench-today: $(RUN_STAMP) ## 200 devices by ansible.builtin.uri in a loop, and by one task
	@$(BIN)/python tests/benchmark/today.py $(ARGS)

.PHONY: bench-slices
bench-slices: $(RUN_STAMP) ## the requests of the slices of a job, against one job
	@$(BIN)/python tests/benchmark/slices.py $(ARGS)

.PHONY: bench-report
bench-report: $(RUN_STAMP) ## the report of a fleet of up to 100,000 devices (ARGS="1000" for other numbers)
	@PYTHONPATH='$(CURDIR)/$(COLLECTIONS)' $(BIN)/python tests/benchmark/report.py $(ARGS)

.PHONY: bench-quick
bench-quick: $(RUN_STAMP) ## the same for a few hosts, in less than a minute; a ratio may miss its promise by a fifth
	$(call heading,bench-quick)
	@$(BIN)/python tests/benchmark/per_host.py --hosts 100 --module-hosts 10 --rounds 1 --more-rounds 2 --tolerant $(ARGS)

.PHONY: matrix
matrix: $(RUN_STAMP) ## pytest on ansible-core 2.16, 2.19 and 2.21, on each Python that is present
	@$(BIN)/python tools/matrix.py $(ARGS)

.PHONY: venv
venv: $(RUN_STAMP) ## the environment alone, in .venv
	@echo 'Ready. For this shell:  . $(VENV)/env.sh'

# ---------------------------------------------------------------- the stages of `make test`, each usable alone

.PHONY: lint
lint: $(DEV_STAMP) ## ruff check and ruff format --check
	$(call heading,ruff check)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

.PHONY: types
types: $(DEV_STAMP) ## mypy: strict on plugins/module_utils, ordinary elsewhere
	$(call heading,mypy)
	@$(BIN)/mypy $(COLLECTION)/plugins emulator/src tools tests

.PHONY: prose
prose: $(DEV_STAMP) ## the English of documents, comments and messages: short sentences, plain words
	$(call heading,prose)
	@$(BIN)/python tools/prose.py $(ARGS)

.PHONY: yaml-lint
yaml-lint: $(DEV_STAMP) ## yamllint
	$(call heading,yamllint)
	@$(BIN)/yamllint --strict . && echo 'no findings'

.PHONY: ansible-lint
ansible-lint: $(DEV_STAMP) ## ansible-lint, profile production, offline
	$(call heading,ansible-lint)
	@$(BIN)/ansible-lint --offline --nocolor

.PHONY: docs-lint
docs-lint: $(DEV_STAMP) ## antsibull-docs on the documentation of every plugin
	$(call heading,antsibull-docs)
	@$(BIN)/antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=dependent . && echo 'no findings'

.PHONY: changelog-lint
changelog-lint: $(DEV_STAMP) ## antsibull-changelog on the fragments
	$(call heading,antsibull-changelog)
	@$(BIN)/antsibull-changelog lint && echo 'no findings'

.PHONY: doc-fragments
doc-fragments: $(DEV_STAMP) ## generated documentation against what it is generated from
	$(call heading,doc fragments)
	$(call generators, --check)

.PHONY: generate
generate: $(DEV_STAMP) ## write the generated documentation
	$(call heading,generated documentation)
	$(call generators)

.PHONY: sanity
sanity: $(DEV_STAMP) ## ansible-test sanity (ARGS names single checks: make sanity ARGS="--test pep8")
	$(call heading,ansible-test sanity)
	@$(BIN)/python tools/sanity.py $(if $(PYLINT_OF),--pylint-of $(PYLINT_OF)) $(ARGS)

.PHONY: build
build: $(DEV_STAMP) ## build the artifact and look into it
	$(call heading,ansible-galaxy collection build)
	@$(BIN)/python tools/check_build.py

.PHONY: pytest
pytest: $(DEV_STAMP) ## all of tests/ (make pytest ARGS="-k paging")
	$(call heading,pytest)
	@$(BIN)/python -m pytest tests -n auto --dist worksteal $(MEASURED) $(ARGS)

.PHONY: collect
collect: $(DEV_STAMP) ## import every test; before pytest, each of its workers would compile all of them anew
	$(call heading,pytest --collect-only)
	@found=$$($(BIN)/python -m pytest tests --collect-only -qqq 2>&1) || { echo "$$found"; exit 1; }

.PHONY: unit
unit: $(DEV_STAMP) ## tests/unit alone
	@$(BIN)/python -m pytest tests/unit $(ARGS)

.PHONY: integration
integration: $(DEV_STAMP) ## tests/integration alone
	@$(BIN)/python -m pytest tests/integration $(ARGS)

.PHONY: coverage
coverage: $(DEV_STAMP) ## branches covered in the kernel, the guard and the sending loop, against the gates of tools/coverage_gate.py
	$(call heading,coverage)
	@mkdir -p tests/output/coverage
	@$(BIN)/python -m pytest tests --only-measured -q -n auto --dist worksteal --cov --cov-report=json $(ARGS)
	@$(BIN)/python tools/coverage_gate.py

.PHONY: molecule
molecule: $(DEV_STAMP) ## a declared state in a molecule scenario: create, converge, idempotence, verify, destroy
	$(call heading,molecule)
	@exec env UEM_EMULATOR_OWNER=$$$$ MOLECULE_EPHEMERAL_DIRECTORY='$(CURDIR)/.ansible/molecule' \
	  $(BIN)/molecule test -s desired_state

# ---------------------------------------------------------------- upkeep

.PHONY: changelog
changelog: $(DEV_STAMP) ## write the fragments and the new plugins into CHANGELOG.md, for the version in galaxy.yml
	@$(BIN)/antsibull-changelog release --update-existing --refresh --reload-plugins

.PHONY: family
family: $(DEV_STAMP) ## the skeletons of a new family and its module (NAME=things; KIND=info for a module that reads; PRODUCTS=epmm)
	@$(BIN)/python tools/family.py '$(NAME)' --module '$(MODULE)' --kind $(KIND) --products $(PRODUCTS)

.PHONY: release
release: $(DEV_STAMP) ## build, check, commit and tag VERSION on main; DRY_RUN=1 leaves no trace
	@$(BIN)/python tools/release.py $(VERSION) $(if $(DRY_RUN),--dry-run) $(ARGS)

.PHONY: awx
awx: $(VENV)/.made-by ## the role awx_setup with the real modules of awx.awx, in .venv-awx (600 MB), and their options for the tests
	@test -x .venv-awx/bin/ansible-playbook || { $(PYTHON) -m venv .venv-awx && .venv-awx/bin/python -m pip install -qq ansible; }
	@.venv-awx/bin/python tools/awx_modules.py
	@.venv-awx/bin/python tools/awx_trial.py

.PHONY: ee
ee: $(DEV_STAMP) ## what an execution environment has, in an empty .venv-ee (110 MB), and the demo there with ansible-navigator
	@$(BIN)/python tools/ee_trial.py $(PYTHON)

.PHONY: constraints
constraints: $(DEV_STAMP) ## write requirements-constraints.txt from .venv, after `make test` passed there
	@$(BIN)/python tools/constraints.py

.PHONY: hooks
hooks: $(DEV_STAMP) ## pre-commit's hooks of git, in this clone
	@$(PIP) install -qq pre-commit
	@$(BIN)/pre-commit install

.PHONY: clean
clean: ## remove everything that is made here: environments, caches, build results
	@rm -rf .venv .venv-* .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output ./*.tar.gz emulator/*.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- how the environment comes about

# `make venv PYTHON=…` on an environment of another Python makes it anew; without PYTHON= what is there stays.
ifneq ($(origin PYTHON),file)
ifneq ($(PYTHON),$(shell cat $(VENV)/.made-by 2>/dev/null))
$(VENV)/.made-by: FORCE
endif
endif

.PHONY: FORCE
FORCE:

$(VENV)/.made-by:
	@$(PYTHON) -c '$(NEEDED_PYTHON)' 2>/dev/null || { echo "ivanti.uem needs Python 3.10 or newer, but '$(PYTHON)' is" \
	  "$$($(PYTHON) --version 2>&1 | head -n 1): name another with 'make venv PYTHON=python3.12'." >&2; exit 1; }
	@echo 'Making $(VENV) with $(PYTHON) ...'
	@$(PYTHON) -m venv --clear $(VENV)
	@mkdir -p $(dir $(COLLECTION)) && ln -sfn ../../../.. $(COLLECTION)
	@printf "export PATH='%s':\"\$$PATH\" ANSIBLE_COLLECTIONS_PATH='%s'\n" \
	  '$(CURDIR)/$(BIN)' '$(ANSIBLE_COLLECTIONS_PATH)' > $(VENV)/env.sh
	@echo '$(PYTHON)' > $@

$(RUN_STAMP): $(VENV)/.made-by requirements.txt emulator/pyproject.toml
	@echo 'Installing ansible-core, requirements.txt and the emulator ...'
	@$(INSTALL) -e ./emulator
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.txt requirements-test.txt
	@echo 'Installing requirements-dev.txt ...'
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
