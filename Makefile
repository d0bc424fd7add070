# The developer's verbs. `make` alone lists them; each makes what it needs and is instant the second time.

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# pytest's processes, and anything else for it: make test PYTEST_ARGS="tests/storage -k search"
# many tests wait for processes and servers: three at a time keep two cores busy
PYTEST_WORKERS ?= 4
PYTEST_ARGS ?=
# the other extractors of bench-extract, and arguments of that run: BENCH_ARGS="--only-ours --skip nasty"
PEERS ?= .venv-peers
BENCH_ARGS ?=
# where the demo writes its archive and its mail
OUT ?= demo-out
# the folder of real pages, and the container kit: both outside the repository, both optional
ZGC_CORPUS ?= $(abspath ../shared/corpus)
ZGC_CONTAINERS ?= $(abspath ../shared/containers)
export ZGC_CORPUS ZGC_CONTAINERS

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types arrows format coverage shots html-validate corpus-report bench-meaning bench-extract bench-collect bench-health bench-archive bench-api bench-pages bench-keeping bench-digest-kill bench-scale soak bench-digest docker-test lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.runtime ## the main job on sample outlets, all on this machine, into demo-out/ (OUT=folder for another)
	$(BIN)/zgcwatch demo --out $(OUT)

test: $(VENV)/.dev ## every test, four at a time (PYTEST_ARGS="tests/storage -k search" for some of them)
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: lint types arrows ## lint, types and arrows

lint: $(VENV)/.dev ## style and format, changing nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## strict type check
	$(BIN)/mypy

arrows: $(VENV)/.dev ## which package may import which
	$(BIN)/lint-imports

format: $(VENV)/.dev ## formats, and mends what the linter can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

coverage: $(VENV)/.dev ## the tests once more, with the branches that none of them took
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile --cov --cov-report=term-missing:skip-covered $(PYTEST_ARGS)

shots: $(VENV)/.dev ## pictures of the mail in Chromium into build/shots: phone and desk, light and dark, without style
	$(PIP) install --quiet --constraint constraints.txt --editable '.[browser]'
	$(BIN)/python -m tests.digest.shots build/shots

html-validate: ## fetches html-validate (npm) into build/html-validate, for the tests of the mail's HTML
	npm install --no-audit --no-fund --silent --prefix build/html-validate html-validate@10

corpus-report: $(VENV)/.dev ## what extraction gets right on the real pages in ZGC_CORPUS, as a table
	$(BIN)/python benchmarks/corpus_report.py

bench-meaning: $(VENV)/.dev ## companies, amounts, deals and relevance against labelled sets, and what an article costs
	$(BIN)/python -m benchmarks.meaning

bench-extract: $(VENV)/.dev $(PEERS)/.made ## extraction beside six other extractors, into benchmarks/results (ZGC_AEB=folder for the standard pages)
	$(BIN)/python -m benchmarks.extract --peers $(PEERS) $(BENCH_ARGS)

bench-collect: $(VENV)/.dev ## a farm of 50 outlets that misbehave by plan: what is stored, how politely, at what cost (about 20 minutes)
	$(BIN)/python -m benchmarks.collect $(BENCH_ARGS)

bench-health: $(VENV)/.dev ## sixty simulated days of forty outlets: what is noticed, how soon, and what is a false alarm
	$(BIN)/python -m benchmarks.health $(BENCH_ARGS)

bench-archive: $(VENV)/.dev ## search, writing, copies and killed writers on both databases, an hour (BENCH_ARGS="--part search --sizes 10000" for a part)
	$(BIN)/python -m benchmarks.archive $(BENCH_ARGS)

bench-api: $(VENV)/.dev ## the API under 16 clients on 100,000 articles, and held to its OpenAPI document, into benchmarks/results
	$(BIN)/python -m benchmarks.api $(BENCH_ARGS)

bench-pages: $(VENV)/.dev ## every page on 100,000 articles, both databases, into benchmarks/results
	$(BIN)/python -m benchmarks.pages $(BENCH_ARGS)

bench-keeping: $(VENV)/.dev ## backups every few seconds beside a writer, every one restored and checked, into benchmarks/results
	$(BIN)/python -m benchmarks.keeping $(BENCH_ARGS)

bench-digest-kill: $(VENV)/.dev ## the digest's sender killed a hundred times over 300 readers, on both databases, into benchmarks/results
	$(BIN)/python -m benchmarks.digest_kill $(BENCH_ARGS)

bench-scale: $(VENV)/.dev ## processes killed, stopped, cut off from the database, squeezed; one and two of them (about 25 minutes)
	$(BIN)/python -m benchmarks.scale $(BENCH_ARGS)

soak: $(VENV)/.dev ## seven days of the service in fake time over outlets with faults: memory, descriptors, digests, states
	$(BIN)/python -m benchmarks.soak $(BENCH_ARGS)

bench-digest: $(VENV)/.dev ## composing 3,000 stories for 200 readers with a watch each, into benchmarks/results
	$(BIN)/python -m benchmarks.digest $(BENCH_ARGS)

docker-test: ## builds the image and runs both compose files for real (says so where there is no engine)
	tests/docker/run.sh

lock: $(VENV)/.runtime ## rewrites constraints.txt from pyproject.toml (LOCK_ARGS=--upgrade for the newest of everything)
	$(PIP) install --quiet uv
	cp constraints.txt $(VENV)/constraints.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group dev --no-header --no-annotate \
	  --no-emit-index-url $(LOCK_ARGS) --output-file $(VENV)/constraints.txt pyproject.toml
	{ echo '# Exact versions of all that zgcwatch and its tests install, for every Python it runs on. Made by `make lock`.'; \
	  cat $(VENV)/constraints.txt; } > $(VENV)/constraints.new
	mv $(VENV)/constraints.new constraints.txt

# a peer that cannot be installed is missing from the table, nothing more
$(PEERS)/.made: benchmarks/extract/peers.txt $(VENV)/.python
	@echo "installing the other extractors into $(PEERS) (about a minute, once)"
	$(BIN)/python -m venv $(PEERS)
	@while read -r package; do $(PEERS)/bin/python -m pip --disable-pip-version-check install --quiet "$$package" \
	  || echo "$$package cannot be installed here: it will be missing from the table" >&2; done < $<
	@touch $@

clean: ## removes all that these verbs made, the virtual environment too
	rm -rf $(VENV) $(PEERS) build dist *.egg-info demo-out .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache \
	  .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The virtual environment, in three steps that are each made once: the Python, what the program needs, what its tests need.

$(VENV)/.python:
	@found=; for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "No Python 3.11 or newer was found: install one, or name it, as in: make PYTHON=/opt/python/bin/python3 demo" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	  echo "$$found cannot make virtual environments: install its venv package (Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 1; \
	fi; \
	echo "$$found -m venv $(VENV)"; "$$found" -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python pyproject.toml constraints.txt
	@echo "installing what zgcwatch needs into $(VENV) (about a minute, once)"
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

# --group came with pip 25.1; the pip that a new environment has may be older
$(VENV)/.dev: $(VENV)/.python pyproject.toml constraints.txt
	@echo "installing what zgcwatch and its tests need into $(VENV) (about two minutes, once)"
	$(PIP) install --quiet --upgrade 'pip>=25.1'
	$(PIP) install --quiet --constraint constraints.txt --editable . --group dev
	@touch $(VENV)/.runtime $@
