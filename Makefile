# Each target is one thing a person does. `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help run test check bench format lint docs licences install

CARGO ?= cargo
SAY = @printf '\n== %s\n'

help: ## Lists the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Starts the daemon, built for release, with avouch.toml when there is one.
	$(CARGO) run --release --locked -- serve

test: install ## Runs every test; first installs what the tests need and this machine lacks.
	$(SAY) 'tests'
	$(CARGO) test --locked

check: format lint docs licences test ## All that a submission must pass: format, lints, docs, licences, tests.

bench: ## Runs the benchmarks and prints each figure beside its limit.
	$(CARGO) bench --locked

format:
	$(SAY) 'format'
	$(CARGO) fmt --check

lint:
	$(SAY) 'lints'
	$(CARGO) clippy --locked --all-targets -- -D warnings

docs:
	$(SAY) 'documentation'
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps

licences:
	$(SAY) 'licences, bans and sources of dependencies'
	@bash tests/licences.sh

install:
	$(SAY) 'what the tests need'
	@bash tests/install.sh
