# The commands of the project. `make demo` and `make test` do all the set-up that they need.
PYTHON ?= python3
BIN := .venv/bin
DEMO_NOW := 2026-11-20T09:00
SETTINGS := pelicanconf.py

.PHONY: help demo serve test audit torture bench bench-build check golden pictures reference lock tools clean

help:  ## Say what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

.venv/ready: requirements/all.txt pyproject.toml
	@echo "Making the environment in .venv ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Veillée needs Python 3.11 or later, this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

demo: .venv/ready  ## Build the demonstration community and deliver this week's digest into a maildir.
	@scripts/demo $(DEMO_NOW)

serve: .venv/ready  ## Show the demonstration in a browser, and rebuild it on every save.
	$(BIN)/veillee serve --now $(DEMO_NOW)

tools: .venv/ready
	@scripts/install-test-tools

test: tools  ## Install what the tests need, and run them all.
	$(BIN)/python -m pytest -n 2 -q -rs

audit: tools  ## Measure the figures that pages are held to (scores, weight, faults), and print each.
	$(BIN)/python -m tests.audit

torture: tools  ## Kill senders and builds hundreds of times, walk through sites at random, and compare.
	VEILLEE_TORTURE=full $(BIN)/python -m pytest -q -p no:randomly tests/delivery/test_torture.py tests/site/incremental

bench: tools  ## Measure how fast mail leaves, against postfix's own tool and the plain way.
	@bench/install
	$(BIN)/python bench/send.py
	$(BIN)/python bench/message.py
	$(BIN)/python bench/audience.py

bench-build: tools  ## Measure how fast sites are built, against Pelican, Hugo and Eleventy.
	@bench/build/install
	$(BIN)/python bench/build/run.py
	$(BIN)/python bench/build/run.py --growth
	$(BIN)/python bench/build/run.py --serve

check: .venv/ready  ## Style, types, architecture, spelling, documents.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell
	$(BIN)/python scripts/reference.py --check

golden: tools  ## Make the golden files anew; review them as a diff.
	$(BIN)/python -m pytest -q --snapshot-update -m golden

reference: .venv/ready  ## Write docs/reference.md from the code.
	$(BIN)/python scripts/reference.py

pictures: tools demo  ## Photograph the demonstration for the README.
	$(BIN)/python scripts/pictures.py

lock: .venv/ready  ## Resolve the dependencies anew, with hashes.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/python -m uv pip compile pyproject.toml --group build --group test --group check --universal --upgrade \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o requirements/all.txt

clean:  ## Remove what was made, but not var/ (subscribers and ledger live there).
	rm -rf output dist build .venv node_modules
