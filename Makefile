# ReviewHub. `make help` lists what there is. Everything that is downloaded or written stays inside this folder.

.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory
HERE := $(CURDIR)
BIN := .venv/bin
TESTS ?= tests
# Two at once, because most tests wait for git and for databases.
WORKERS ?= 2

# Nothing outside the clone is written: the caches of pip, uv, the browser and the tools are pointed into it.
export PIP_CACHE_DIR := $(HERE)/.cache/pip
export UV_CACHE_DIR := $(HERE)/.cache/uv
export XDG_CACHE_HOME := $(HERE)/.cache
export XDG_CONFIG_HOME := $(HERE)/.cache/config
export XDG_DATA_HOME := $(HERE)/.cache/share
export XDG_STATE_HOME := $(HERE)/.cache/state
export PLAYWRIGHT_BROWSERS_PATH := $(HERE)/.cache/playwright
export HOME := $(HERE)/.cache/home
export TMPDIR := $(HERE)/.cache/tmp
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The shell's own settings must not change what runs here.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV REVIEWHUB_CONFIG

# A clone that was moved has a .venv with the old path in it: set it up again.
ifneq ($(shell cat .venv/here 2>/dev/null),$(HERE))
READY_AGAIN := again
endif

.PHONY: help demo test quick check bench lock setup browser migration screenshots format clean again

help: ## List these targets
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | while read -r name words; do printf '  make %-10s %s\n' "$$name" "$$words"; done

demo: .venv/ready-run ## Build the demonstration course and show it on http://127.0.0.1:8000 (OPTIONS="--at reviewing")
	@exec $(BIN)/reviewhub demo $(OPTIONS)

test: .venv/ready-dev browser ## Run the whole suite (TESTS=tests/grades for a part)
	@$(BIN)/python tools/with_postgresql.py $(BIN)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

quick: .venv/ready-dev ## Run the suite without its slow tests
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not slow" $(TESTS)

check: .venv/ready-dev ## Run all linters, the type checker and the contracts of the house
	@$(BIN)/python tools/check.py

bench: .venv/ready-bench ## Measure; a table on the screen and a file in bench/results (ONLY=storage, CORPUS=folder)
	@$(if $(CORPUS),REVIEWHUB_BENCH_CORPUS="$(CORPUS)") $(BIN)/python -m bench.run $(ONLY)

setup: .venv/ready-dev ## Only set up
	@:

lock: .venv/ready-dev ## Write the pinned, hashed requirement files anew
	@$(BIN)/python tools/lock.py

screenshots: .venv/ready-dev browser ## Take the pictures of docs/screenshots anew
	@$(BIN)/python -m tools.take_screenshots

browser: .venv/ready-dev
	@$(BIN)/python tools/get_browser.py

migration: .venv/ready-dev ## Write the migration to the tables as declared (MESSAGE="why")
	@$(BIN)/python tools/write_migration.py "$(MESSAGE)"

format: .venv/ready-dev ## Lay the code out
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only --quiet .

clean: ## Remove what was set up and made here (not the data folder)
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist test-results

.venv/ready-run: requirements/run.txt pyproject.toml tools/set_up.py $(READY_AGAIN)
	@sh tools/set_up.sh run

.venv/ready-dev: requirements/dev.txt pyproject.toml tools/set_up.py $(READY_AGAIN)
	@sh tools/set_up.sh dev

.venv/ready-bench: .venv/ready-dev requirements/bench.txt
	@sh tools/set_up.sh bench

again:
