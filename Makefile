# Two commands: `make run` sets up and does the main job, `make test` sets up and checks everything.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
export UV_COMPILE_BYTECODE := 1
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test check unit airline benchmarks lock docs messages clean

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/uv: requirements-uv.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

$(VENV)/.run: requirements.txt pyproject.toml $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.run
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.browser: $(VENV)/.test tests/browser/chromium.py
	$(BIN)/python tests/browser/chromium.py
	@touch $@

run: $(VENV)/.run ## Set up, and do the main job on a simulated club
	$(BIN)/touchbook demo

test: check unit ## Set up, and check everything

check: $(VENV)/.test ## Style, types, layers, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint src/touchbook/web/templates
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/deptry src

unit: $(VENV)/.test $(VENV)/.browser ## The tests
	$(BIN)/python -m pytest -n 2

AIRLINE ?= ../shared/data/airline_moments.csv
airline: export TOUCHBOOK_HOME := $(CURDIR)/work/airline
airline: $(VENV)/.run ## Real records: from labelled airline messages to the week's touches
	rm -rf $(TOUCHBOOK_HOME)
	$(BIN)/touchbook loop examples/airline/plan.yaml $(AIRLINE) --map examples/airline/moments.yaml --from 2015-02-25 --first 3 --verbose

benchmarks: $(VENV)/.test ## Measure, each within a minute, beside a peer in the same run
	for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file --quick || exit 1; done

docs: $(VENV)/.run ## Write the generated pages of the reference anew
	$(BIN)/python -m touchbook.plan.reference > docs/reference/plan.md
	$(BIN)/python -m touchbook.cli.reference > docs/reference/cli.md
	$(BIN)/python -m touchbook.planner.values.reference > docs/reference/beliefs.md
	$(BIN)/python -m touchbook.web.reference > docs/reference/roles.md

messages: $(VENV)/.test ## Gather the texts of the pages for translation, and compile the translations
	TOUCHBOOK_HOME=$$(mktemp -d) $(BIN)/python tests/web/messages.py

lock: $(BIN)/uv ## Pin every dependency again, with hashes
	echo "uv" | $(BIN)/uv pip compile --quiet --upgrade - $(LOCK) -o requirements-uv.txt
	$(BIN)/uv pip compile --quiet --upgrade pyproject.toml $(LOCK) -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade pyproject.toml --group dev $(LOCK) -c requirements.txt -o requirements-dev.txt

LOCK := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

clean: ## Remove the environment and what was built
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
