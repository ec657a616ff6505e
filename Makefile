# make demo | test | lint | soak | bench | docs
SHELL := /bin/bash
UV ?= uv
RUN := $(UV) run --frozen
export ZHIJIAN_HOME ?= $(CURDIR)/.zhijian
STATIC := src/zhijian/web/static/manifest.json
# Tests start hundreds of interpreters: each would compile everything anew where bytecode may not be kept.
NOT_OURS := ZHIJIAN_HOME PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint soak bench docs ready static clean

ready: .venv/.synced $(STATIC)

.venv/.synced: pyproject.toml uv.lock
	$(UV) sync --frozen --quiet
	@touch $@

ui/node_modules/.package-lock.json: ui/package.json ui/package-lock.json
	cd ui && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

$(STATIC): ui/node_modules/.package-lock.json ui/build.mjs $(shell find ui/css ui/js -type f 2>/dev/null)
	cd ui && npm run --silent build
	@touch $@

static: $(STATIC)

demo: ready ## start everything with synthetic data; says what to open; Ctrl-C stops
	@$(RUN) zhijian demo || [ $$? -eq 130 ] # stopped by Ctrl-C: that is how it ends

test: ready lint ## lint, types, import rules, doctests, tests; minutes
	@unset $(NOT_OURS); $(RUN) pytest -n 3 --dist loadfile -m "not soak" # three: much of it waits for browsers and servers

lint: .venv/.synced
	@$(RUN) ruff format --check src tests bench migrations/env.py
	@$(RUN) ruff check src tests bench migrations/env.py
	@$(RUN) mypy
	@$(RUN) lint-imports --no-cache

soak: ready ## what takes long: a hundred kills, a million codes
	@unset $(NOT_OURS); $(RUN) pytest -m soak --timeout=3600 -s

bench: ready ## ratios within one run, see bench/README.md
	@unset ZHIJIAN_HOME; for b in bench/*.py; do echo "== $$b"; $(RUN) --group bench python $$b || exit 1; done

docs: .venv/.synced ## derived reference pages
	@$(RUN) zhijian spec docs --out docs/reference/spec.md
	@$(RUN) zhijian spec docs --changes --out docs/reference/spec-changes.md

clean:
	rm -rf .venv ui/node_modules src/zhijian/web/static .mypy_cache .ruff_cache
