# The commands of this project. Each does its own set-up on a fresh machine.
SHELL := /bin/sh
PYTHON := .venv/bin/python
FEED ?=
TENANT ?=
POLICY ?=
ONLY ?=
PEOPLE ?=
SEED ?=
LICENCE ?=
USERS ?=
KILLS ?=
READS ?=
OTLP ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo sweep-demo sweep-bench test test-long mutants check package audit workbook cost format schemas lock clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make .venv and node_modules (every other target does this itself).
	@sh scripts/setup.sh

demo: setup ## Run the main job on this machine: make demo [FEED=feed.csv|feed.jsonl] [TENANT=tenant.json] [POLICY=policy.json] [APPROVE=yes] [OTLP=http://localhost:4318].
	@$(PYTHON) -m local.demo $(if $(FEED),--feed '$(FEED)') $(if $(TENANT),--tenant '$(TENANT)') $(if $(POLICY),--policy '$(POLICY)') $(if $(filter yes,$(APPROVE)),--approve,$(if $(APPROVE),$(error APPROVE takes yes or nothing))) $(if $(OTLP),--otlp '$(OTLP)')

sweep-demo: setup ## Sweep a small tenant on this machine, and write the report: make sweep-demo [PEOPLE=400] [SEED=7] [LICENCE=no].
	@$(PYTHON) -m local.sweep_demo $(if $(PEOPLE),--people '$(PEOPLE)') $(if $(SEED),--seed '$(SEED)') $(if $(filter no,$(LICENCE)),--no-licence,$(if $(LICENCE),$(error LICENCE takes no or nothing)))

sweep-bench: setup ## Sweep a large tenant within Microsoft's limits (a quarter of an hour): make sweep-bench [USERS=200000] [KILLS=10] [READS=2000].
	@$(PYTHON) -m benchmarks.sweep $(if $(USERS),--users '$(USERS)') $(if $(KILLS),--kills '$(KILLS)') $(if $(READS),--reads '$(READS)')

test: setup ## Run the tests: unit, scenario, contract, infra and e2e.
	@$(PYTHON) -m pytest -n 3 --dist loadfile -m 'not long'

test-long: setup ## Run what takes minutes: ten thousand requests with mixed faults, a million odd inputs, the whole stack under SIGKILL.
	@$(PYTHON) -m pytest -m long -s

mutants: setup ## Take one safety mechanism out at a time and see that a test notices: make mutants [ONLY=name] (minutes).
	@$(PYTHON) -m scripts.mutants $(if $(ONLY),--only '$(ONLY)')

check: setup ## Check format, lint, types, and what is deployed: the one gate, the same for people and CI.
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m scripts.build_workbook --check
	@PYTHON=$(PYTHON) sh scripts/check_infrastructure.sh

package: setup ## Build what is deployed into dist/: the app, its zip, its hash and its bill of materials (CycloneDX).
	@$(PYTHON) -m scripts.package

audit: setup ## Ask for known vulnerabilities in what is pinned (needs the network).
	@$(PYTHON) -m scripts.package audit

workbook: setup ## Build bicep/workbook.json from its template and queries.
	@$(PYTHON) -m scripts.build_workbook

cost: setup ## Say what 10,000 changes cost, and why: from what was counted and dated list prices.
	@$(PYTHON) -m benchmarks.cost

schemas: setup ## Write the published JSON Schemas in docs/schemas anew.
	@$(PYTHON) -m shared.schemas docs/schemas

format: setup ## Format the code and apply the safe fixes.
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

lock: setup ## Pin the newest allowed versions in the requirements files.
	@$(PYTHON) -m uv pip compile --quiet --universal --upgrade --python-version 3.13 pyproject.toml -o requirements.txt
	@$(PYTHON) -m uv pip compile --quiet --universal --upgrade --python-version 3.13 pyproject.toml --group dev --group local -c requirements.txt -o requirements-dev.txt

clean: ## Remove what set-up, tests and the demo made.
	@rm -rf .venv node_modules .local dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
