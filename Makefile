# Two commands: `make all` (environment, outputs) and `make test` (tests, lint, types). Needs Python 3.11+ and make.
# What ran with the same inputs before does not run again: the inputs of each stage are summed up in .make/.

PYTHON ?= python3
JOBS ?= 1
UV := $(shell command -v uv 2>/dev/null)
BIN := .venv/bin
RUN := $(BIN)/python -m pipeline
ENVIRONMENT := .venv/.installed

# A sum of all files under some folders (names with any character, deletions too); renewed only if it changed.
# What every stage shares is in `common`.
sum = $(shell mkdir -p .make && find $(2) -type f ! -name '*.pyc' -print0 2>/dev/null | LC_ALL=C sort -z \
	| xargs -0 cksum > .make/$(1).new; cmp -s .make/$(1).new .make/$(1) && rm .make/$(1).new || mv .make/$(1).new .make/$(1)).make/$(1)
RAW := $(call sum,raw,raw)
GOLD := $(call sum,gold,gold)
COMMON := $(call sum,common,pipeline/*.py pipeline/stages pipeline/data requirements.lock) $(ENVIRONMENT)
CLEAN := $(call sum,code-clean,pipeline/clean)
ANNOTATE := $(call sum,code-annotate,pipeline/annotate)
LINK := $(call sum,code-link,pipeline/link)
GRAPH := $(call sum,code-graph,pipeline/graph)
SCORE := $(call sum,code-score,pipeline/score)
REPORT := $(call sum,code-report,pipeline/report)

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: all test lint types clean-text annotate link graph score report check check-gold readme bench licences lock distclean

all: outputs/run.json

# One run for all stages, as the model is loaded once; run.json is what it writes last.
outputs/run.json: $(RAW) $(GOLD) $(COMMON) $(CLEAN) $(ANNOTATE) $(LINK) $(GRAPH) $(SCORE) $(REPORT)
	$(RUN) all --raw raw --gold gold --outputs outputs --jobs $(JOBS)

# One target a stage; each file named here is written by that stage alone.
clean-text: outputs/segments.csv
annotate: outputs/names.csv
link: outputs/mentions.csv
graph: outputs/edges.csv
score: outputs/scores.csv
report: outputs/report.html

outputs/segments.csv: $(RAW) $(COMMON) $(CLEAN)
	$(RUN) clean --raw raw --outputs outputs
outputs/names.csv: outputs/segments.csv $(ANNOTATE)
	$(RUN) annotate --gold gold --outputs outputs
outputs/mentions.csv: outputs/names.csv $(LINK)
	$(RUN) link --raw raw --gold gold --outputs outputs
outputs/edges.csv: outputs/mentions.csv $(GRAPH)
	$(RUN) graph --raw raw --outputs outputs
outputs/scores.csv: outputs/mentions.csv $(GOLD) $(SCORE)
	$(RUN) score --raw raw --gold gold --outputs outputs
outputs/report.html: outputs/edges.csv outputs/scores.csv $(REPORT)
	$(RUN) report --raw raw --gold gold --outputs outputs

# The accuracy gate: fails if a figure is below its floor in gold/baseline.json.
check: outputs/run.json
	$(RUN) check-gold --gold gold
	$(RUN) check --raw raw --gold gold --outputs outputs

test: $(ENVIRONMENT) lint types
	$(BIN)/python -m pytest

lint: $(ENVIRONMENT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(ENVIRONMENT)
	$(BIN)/mypy

# The tables in README.md, from outputs/.
readme: outputs/run.json
	$(RUN) readme-table README.md

# CORPORA: a folder with wikiwars/, redocred/ and wikigold/, each with raw/*.txt and gold.csv; may be left out.
bench: $(ENVIRONMENT)
	$(RUN) bench speed
	$(if $(CORPORA),for name in wikiwars redocred wikigold; do echo $$name; $(RUN) bench $$name $(CORPORA)/$$name || exit 1; done)

$(ENVIRONMENT): requirements.lock pyproject.toml
ifdef UV
	$(UV) venv --quiet --clear --python "$(PYTHON)" .venv
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
endif
	touch $@

# The licence of every package of the lock.
licences: $(ENVIRONMENT)
	$(BIN)/python -m pipeline.bench.licences

# New versions within the ranges of pyproject.toml; needs uv.
lock:
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config --upgrade \
		--custom-compile-command "make lock" --extra test --output-file requirements.lock pyproject.toml

distclean:
	rm -rf .venv .make .wiki-relations-cache .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
	rm -rf outputs/report.html outputs/run.json outputs/.lock
	find pipeline tests -name __pycache__ -type d -prune -exec rm -rf {} +
