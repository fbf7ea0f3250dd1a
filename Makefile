# Two commands do it all on a machine with Python 3.11–3.13 and make: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help demo test check docs lock clean

help:
	@echo "make demo   install, then watch two organisations work under one arrangement (made-up data)"
	@echo "make test   install, then pass all tests"
	@echo "make check  lint, types, import contracts and docs (after make test)"
	@echo "make docs   write the command reference again from --help"
	@echo "make lock   resolve the dependencies again into requirements/ (needs uv)"
	@echo "make clean  remove the environment and caches"

$(VENV)/run.done: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "accord needs Python 3.11, 3.12 or 3.13: make PYTHON=/path/to/python3.12 ..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing (wheels only, locked by hash) ..."
	@$(PIP) install --quiet --only-binary :all: --require-hashes -r requirements/run.txt
	@$(PIP) install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/test.done: requirements/test.txt $(VENV)/run.done
	@$(PIP) install --quiet --only-binary :all: --require-hashes -r requirements/test.txt
	@touch $@

demo: $(VENV)/run.done
	@$(BIN)/accord demo

test: $(VENV)/test.done
	@$(BIN)/python -m pytest -n auto

check: $(VENV)/test.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/check.py

docs: $(VENV)/test.done
	$(BIN)/python docs/check.py --write

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --only-binary :all: pyproject.toml --group build -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --only-binary :all: pyproject.toml --group build --group test --group check --group browser -o requirements/test.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
