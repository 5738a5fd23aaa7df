# Two commands do everything on a fresh machine with Python 3.11 to 3.13: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATA ?= var
# Extras to install for the tests beside `dev`, for example EXTRAS=models,postgres
EXTRAS ?=
comma := ,
# A stamp for each choice of extras: another choice is installed beside it.
DEV := $(VENV)/.installed-dev$(if $(EXTRAS),-$(subst $(comma),-,$(EXTRAS)))
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
# A Python without venv leaves half of one behind.
.DELETE_ON_ERROR:
.PHONY: help demo test check format bench schemas clean

help: ## Say what each target does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: $(VENV)/.installed ## Install, load the sample catalogue, serve it and print the address (PORT=8000, DATA=var)
	$(BIN)/wenmai demo --data $(DATA) --port $(PORT)

test: $(DEV) ## Run every test (what needs an optional server or the browser says why it is skipped)
	$(BIN)/python -m pytest --numprocesses auto --dist loadscope

check: $(DEV) ## Hold format, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

bench: $(VENV)/.installed ## Measure search on a synthetic catalogue (RECORDS=100000)
	$(BIN)/wenmai bench search --records $(or $(RECORDS),100000)

schemas: $(VENV)/.installed ## Write schemas/json/*.schema.json anew from schemas/*.yaml
	$(BIN)/wenmai schema write schemas/json

clean: ## Remove the virtual environment, caches and builds; data directories stay
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v < (3, 14) else "wenmai needs Python 3.11 to 3.13; say which: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

$(DEV): $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev$(if $(EXTRAS),$(comma)$(EXTRAS))]'
	touch $@ $(VENV)/.installed
