# Each target makes its own virtual environment when there is none, once; it is made anew when pyproject.toml changes.
#   make demo                      the main job on the bundled pack
#   make test check docs bench     what their names say
#   make test PYTHON=python3.12 VENV=.venv-3.12
PYTHON ?= python3
VENV ?= .venv
GROUPS ?= test lint docs
BIN := $(VENV)/bin
PACKAGE := $(VENV)/.package
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help env demo test check docs bench clean

help:
	@echo "make demo | test | check | docs | bench | clean"

env: $(READY)

$(PACKAGE): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(READY): $(PACKAGE)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet $(addprefix --group ,$(GROUPS))
	touch $@

demo: $(PACKAGE)
	$(BIN)/gridgov demo

test: $(READY)
	$(BIN)/python -m pytest -q -n auto --cov --cov-report=term-missing:skip-covered

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(READY)
	$(BIN)/python -m pip install --quiet --group bench
	set -e; for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

clean:
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage build dist out site
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
