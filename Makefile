# make demo    the whole product on this machine: 8 pictures, then http://127.0.0.1:8000 until Ctrl-C
# make test    all tests        make check    format, lint, types, layers, templates, migrations, translations
# make run     web and worker on what is there        make messages    collect texts to translate
# make clean   remove all that was built (asks nothing; pictures and the embedded database are in var/)
#
# PORT, HOST, COUNT, SERVE=0, DATABASE_URL and every setting of .env.example may be given: make demo PORT=8001

SHELL := /bin/sh
COUNT ?= 8
SERVE ?= 1

# Libraries keep their caches inside the clone, too.
CACHE := $(CURDIR)/var/cache
export XDG_CACHE_HOME := $(CACHE)
export HF_HOME := $(CACHE)/huggingface
export TORCHINDUCTOR_CACHE_DIR := $(CACHE)/torchinductor
export MPLCONFIGDIR := $(CACHE)/matplotlib
export HF_HUB_DISABLE_TELEMETRY := 1

# The first Python that runs and is new enough; a version manager's shim may be there and not run.
PYTHON ?= $(firstword $(foreach one,python3.11 python3 python3.12 python3.13 python,$(shell \
	$(one) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v $(one))))
PY := .venv/bin/python

.PHONY: demo run test check setup setup-dev format messages clean python

demo: setup
	@$(PY) manage.py demo --count $(COUNT) $(if $(filter 0 no false,$(SERVE)),--no-serve)

run: setup
	@$(PY) manage.py serve

test: setup-dev
	@$(PY) -m pytest -n auto --maxprocesses 4 $(ARGS)

check: setup-dev
	@sh scripts/check.sh

format: setup-dev
	$(PY) -m ruff check --fix-only --quiet .
	$(PY) -m ruff format --quiet .

messages: setup-dev
	@$(PY) scripts/messages.py
	@$(PYTHON) scripts/bootstrap.py --dev

setup: python
	@$(PYTHON) scripts/bootstrap.py

setup-dev: python
	@$(PYTHON) scripts/bootstrap.py --dev

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found on the PATH. Install it, or name it: make PYTHON=/path/to/python3.11 demo" >&2; exit 1; }

clean:
	@if [ -x $(PY) ]; then $(PY) -m config.embedded_postgres stop || true; fi
	rm -rf .venv node_modules static/vendor var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete 2>/dev/null || true
