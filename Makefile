# mailbot: `make demo` shows it, `make test` proves it. Both set up all they need in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: help install demo test lint audit corpus bench pins clean

help:
	@echo "make demo     see mailbot at work on an embedded mail server"
	@echo "make install  set up $(BIN)/mailbot"
	@echo "make test     linters, types and all tests"
	@echo "make audit    known holes in what mailbot depends on, and bandit (asks the network)"
	@echo "make corpus   how well the mails of tests/corpus are understood"
	@echo "make bench    the figures of tests/benchmarks"

$(VENV)/.made:
	@$(PYTHON) -c '$(SUPPORTED)' || \
	  { echo "mailbot needs Python 3.11, 3.12 or 3.13. Name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "The venv module is missing: on Debian and Ubuntu, apt install python3-venv"; rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.txt pyproject.toml
	@echo "Setting up mailbot in $(VENV), once"
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@chmod 700 data
	@touch $@

$(VENV)/.shown: $(VENV)/.installed requirements-demo.txt
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-demo.txt
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-test.txt
	@echo "Setting up what the tests need, once"
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-test.txt
	@touch $@

install: $(VENV)/.installed

demo: $(VENV)/.shown
	@$(BIN)/python -m mailbot demo

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

$(VENV)/.audited: $(VENV)/.made requirements-audit.txt
	@echo "Setting up the auditors in $(VENV)/audit, once"
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/pip install -q --disable-pip-version-check -r requirements-audit.txt
	@touch $@

# Not part of the tests: what is known changes without us, and the network is asked.
audit: $(VENV)/.audited
	$(VENV)/audit/bin/bandit -q -c pyproject.toml -r mailbot
	$(VENV)/audit/bin/pip-audit --strict --disable-pip --no-deps -r requirements.txt

corpus: $(VENV)/.tested
	@$(BIN)/python -m tests.corpus

bench: $(VENV)/.tested
	$(BIN)/python -m tests.benchmarks

# Pins are renewed by hand: look at what changed, then run the tests. The tests' come first: what runs was tested.
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --upgrade

pins: $(VENV)/.made
	$(BIN)/pip install -q --disable-pip-version-check uv
	$(COMPILE) --extra test --extra build -o requirements-test.txt
	$(COMPILE) --extra demo -c requirements-test.txt -o requirements-demo.txt
	$(COMPILE) --extra postgresql --extra build -c requirements-test.txt -o requirements.txt
	echo "bandit pip-audit" | tr ' ' '\n' | $(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --upgrade \
	  - -o requirements-audit.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
