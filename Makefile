# The commands of this project; `make help` lists them.
# Everything runs in .venv, which the first command makes from requirements.lock.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Where it is set, each of the thousands of processes that the tests start would compile the whole package anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo quick test lint types extension docs lock tools editors vsix vocabularies benchmarks clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(READY) ## Make .venv (compiles llama-cpp-python the first time: about 7 minutes on two cores)

$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) with $(PYTHON). llama-cpp-python is compiled the first time: minutes, once."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## Fix what is wrong in a copy of examples/bookshelf, free, and show how
	@place=$$(mktemp -d) && trap 'rm -rf "$$place"' EXIT && export LASTMILE_LEDGER="$$place/ledger.sqlite3" && \
		cp -R examples/bookshelf "$$place" && cd "$$place" && \
		{ $(abspath $(BIN))/lastmile fix bookshelf --paid never --write || test $$? -eq 1; } && \
		$(abspath $(BIN))/lastmile bill # a ledger of its own; 1: findings are left

quick: $(READY) ## Run the fast tests (a minute or two)
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow and not editor" --hypothesis-profile=quick

test: $(READY) ## Run everything: lint, types, all tests, coverage
	@$(MAKE) --no-print-directory -j 2 types lint extension
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n 2 --dist worksteal
	@$(BIN)/coverage run --source=lastmile -m lastmile --version >/dev/null # names the files that nothing ran
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

lint: $(READY) ## Lint and check the formatting
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/python -m lastmile.config.describe --check

types: $(READY) ## Check the types, strictly
	@$(BIN)/mypy

extension: ## Check the types and the style of the VS Code extension, where its packages are
	@if [ -e editors/vscode/node_modules/.package-lock.json ] && command -v npm >/dev/null; \
		then cd editors/vscode && npm run --silent check; \
		else echo "The VS Code extension is not checked; \`make editors\` installs what it needs."; test -z "$$CI"; fi

docs: $(READY) ## Write the generated parts of the docs
	@$(BIN)/python -m lastmile.config.describe

lock: $(READY) ## Resolve the dependencies anew into requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev \
		--no-emit-index-url --upgrade pyproject.toml -o requirements.lock

tools: ## Install the other editors, Chromium, llama-server, bubblewrap and StyLua for the tests (Debian, root)
	@tests/editors/install-tools.sh

editors: editors/vscode/node_modules ## Install a VS Code workbench for the tests that drive one (Debian, root, Node.js 20)
	@tests/editors/install-vscode.sh

vsix: $(READY) editors/vscode/node_modules ## Build the VS Code extension, with the server in it: editors/vscode/dist/lastmile.vsix (Node.js 20)
	@rm -rf editors/vscode/server
	@$(BIN)/python -m hatchling build -t wheel -d editors/vscode/server >/dev/null 2>&1
	@cd editors/vscode && npm run --silent package -- -o dist/lastmile.vsix

editors/vscode/node_modules: editors/vscode/package-lock.json
	@cd editors/vscode && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

vocabularies: $(READY) ## Get the real models' vocabularies that some tests read (77 MB of sources, once)
	@$(BIN)/python -m tests.support.vocabularies

benchmarks: $(READY) ## Run some of the benchmarks and print their figures; docs/results.md has the commands of all
	@for name in startup menu loop soak real_packages small_jobs; do $(BIN)/python -m benchmarks.$$name || exit 1; done

clean: ## Remove the environment and everything generated
	rm -rf $(VENV) .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	rm -rf editors/vscode/node_modules editors/vscode/dist editors/vscode/build editors/vscode/server
