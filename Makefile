# Each target does its own set-up: it needs git, make, Python >= 3.11 and pip, and touches nothing outside this folder
# but uv's package cache and reidlib's own cache.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PROFILE ?= cpu
VENV := .venv
BIN := $(VENV)/bin
# Compiled bytecode makes each notebook kernel start seconds earlier, so a setting that forbids it is dropped here.
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV
unexport PYTHONHOME
# What a user installed for another Python must not shadow the locked packages.
unexport PYTHONPATH
export PYTHONNOUSERSITE := 1
# One thread a test worker: two workers on two cores, and small nets gain nothing from more.
TEST_ENV := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 MPLBACKEND=agg
WORKERS ?= 2

# An own uv goes into .tools: a --target install is allowed even where pip refuses system installs.
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)

# Comparisons of methods, not of speed: they train for many minutes.
COMPARISONS := $(addprefix benchmarks/,attention.py street_ceiling.py arm.py arm_more.py learners.py gallery_size.py)

.PHONY: help course lab test test-full report bench attention context strip lint lock clean setup

help:
	@echo "make course     install everything, open JupyterLab on notebook 00 (BROWSER=none: only print the address)"
	@echo "make test       every test a laptop runs in minutes;  make test-full adds the slow ones"
	@echo "make report     run every notebook, write reports/PROFILE/index.html   (PROFILE=ci|cpu|gpu)"
	@echo "make lab        JupyterLab, whole folder"
	@echo "make bench      us and the peers in one run"
	@echo "make attention  the planned comparison of heads;  make context  the one of gallery contexts (hours each)"
	@echo "make strip      remove outputs from notebooks      make lint   ruff      make lock   renew requirements.lock"

.tools/uv/bin/uv:
	@echo "Bringing uv, the installer, into .tools (about 25 MB) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .tools/uv uv \
	  || { echo "Could not install uv with '$(PYTHON) -m pip'. Needed: Python 3.11 or newer with pip (Debian: apt install python3-pip), and a network."; exit 1; }

# The stamp is younger than the lock and pyproject when the environment is complete.
.make/installed: pyproject.toml requirements.lock | $(filter .tools/%,$(UV))
	@mkdir -p .make
	@echo "Installing the locked packages into $(VENV) (about 6 GB on Linux, once) ..."
	@test -x $(BIN)/python || $(UV) venv --quiet --no-python-downloads --python "$$($(PYTHON) -c 'import sys; print(sys.executable if sys.version_info >= (3, 11) else ">=3.11")')" $(VENV) \
	  || { echo "Found: $$($(PYTHON) --version 2>&1). Needed: Python 3.11 or newer. Type: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

setup: .make/installed

course: setup
	@$(BIN)/reidlib lab --notebook 00_start_here

lab: setup
	@$(BIN)/reidlib lab

test: setup
	@$(TEST_ENV) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not slow and not browser and not notebooks" tests
	@$(TEST_ENV) $(BIN)/python -m pytest -n $(WORKERS) --dist load -m "notebooks and not slow" tests
	@$(TEST_ENV) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "browser and not slow" tests/browser

test-full: test
	@$(TEST_ENV) $(BIN)/python -m pytest -n $(WORKERS) --dist load -m slow --timeout 3600 tests

report: setup
	@$(BIN)/reidlib report --profile $(PROFILE)

bench: setup
	@for file in $(filter-out $(COMPARISONS),$(wildcard benchmarks/[a-z]*.py)); do echo "== $$file"; $(BIN)/python "$$file"; done

attention: setup
	@$(BIN)/python benchmarks/street_ceiling.py --steps 1000
	@$(BIN)/python benchmarks/attention.py --json docs/results/attention.json

context: setup
	@$(BIN)/python benchmarks/arm.py --json docs/results/arm.json
	@$(BIN)/python benchmarks/arm_more.py --json docs/results/arm_more.json
	@$(BIN)/python benchmarks/learners.py --json docs/results/learners.json
	@$(BIN)/python benchmarks/gallery_size.py --json docs/results/gallery_size.json

strip: setup
	@$(BIN)/python -m reidlib.course.strip notebooks

lint: setup
	@$(BIN)/ruff check .

lock: $(filter .tools/%,$(UV))
	@$(UV) pip compile --quiet pyproject.toml --all-extras --universal --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" -o requirements.lock
	@echo "requirements.lock: $$(grep -c '==' requirements.lock) packages"

clean:
	rm -rf .make $(VENV) .tools build reports .pytest_cache .hypothesis .ruff_cache
