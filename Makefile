# One command for each thing a person does.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export MABAT_HOME ?= $(CURDIR)/.mabat

.PHONY: setup run test test-all lint bench screenshots docs clean

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Mabat needs Python 3.11 or newer; this is %d.%d. Say which to use: make PYTHON=python3.12" % sys.version_info[:2])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.tested: pyproject.toml constraints.txt scripts/test-tools.sh | setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	sh scripts/test-tools.sh
	@touch $@

run: setup
	$(BIN)/mabat serve

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests

test-all: $(VENV)/.tested
	HYPOTHESIS_PROFILE=slow $(BIN)/python -m pytest -n 2 --dist loadgroup -m "slow or not slow" tests

lint: $(VENV)/.tested
	$(BIN)/ruff check .

bench: $(VENV)/.tested
	$(BIN)/python -m bench

screenshots: $(VENV)/.tested
	$(BIN)/python scripts/screenshots.py

docs: setup
	$(BIN)/python -m crm_data.cuts.docs
	$(BIN)/python -m crm_data.model.docs > docs/warehouse.md

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis
