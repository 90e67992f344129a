# `make` alone lists what there is.

.DEFAULT_GOAL := help
.PHONY: help run reset-demo test lint format bench migrate migration module flask lock hooks clean environment environment-dev

PY := .venv/bin/python
WORKERS ?= auto
export PYTHON

help:
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

environment:
	@tools/environment.sh run

environment-dev:
	@tools/environment.sh dev

##@ Run
run: environment ## start everything; PORT, HOST_PORT, BIND, RELOAD=1 and DATABASE_URL change how
	@exec $(PY) -m masterapp.server

reset-demo: environment ## throw the demo's world away and fill it afresh
	@$(PY) -m masterapp.server db upgrade
	@$(PY) -m masterapp.server demo reset
	@rm -rf var/mail

migrate: environment ## bring the database to the newest schema
	@exec $(PY) -m masterapp.server db upgrade

flask: environment ## run one command, as in: make flask DO="plays verify"
	@exec $(PY) -m masterapp.server $(DO)

##@ Work on it
test: environment-dev ## every test and every linter; ONLY=tests/rules narrows it down
	@$(PY) -m masterapp.testing.chromium
	@exec $(PY) -m pytest -n $(WORKERS) $(ONLY)

lint: environment-dev ## the linters, types, walls, licences and secrets alone
	@exec $(PY) -m pytest -q tests/architecture/test_tools.py

format: environment-dev ## put Python, scripts and styles into the common form
	@exec tools/format.sh $(ONLY)

bench: environment-dev ## measure plays, redemptions and pages against the database itself
	@exec $(PY) -m benchmarks

module: environment ## write a new module, as in: make module NAME=memory
	@exec $(PY) -m masterapp.server module new $(NAME)

migration: environment-dev ## write a migration, as in: make migration MESSAGE="Add stores"
	@exec $(PY) -m masterapp.server db revision "$(MESSAGE)"

##@ Keep it in order
lock: environment-dev ## lock requirements*.in again, with the newest versions
	@exec tools/lock.sh

hooks: environment-dev ## run the linters before every commit
	@exec $(PY) -m pre_commit install

clean: ## remove caches and the environment; the data in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
