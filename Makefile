# The words a developer types. `make run` and `make test` do everything on a machine with Rust, Node and Python.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# All of them build the whole workspace, so that they share one set of compiled dependencies.
CARGO_FLAGS := --workspace --locked
TARGET := $(or $(CARGO_TARGET_DIR),target)
BLASTMAP := $(TARGET)/debug/blastmap
DENY_VERSION := 0.20.2
CYCLONEDX_VERSION := 0.5.9
PYTHON := tests/.venv/bin/python
export CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome || echo /usr/bin/chromium)

.PHONY: help run build web test test-rust test-web test-estate test-deploy test-browser test-otlp lint licenses audit sbom schema demo docker fuzz soak cargo-deny

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: build ## build everything and serve the demo estate
	$(BLASTMAP) serve --demo

build: web ## build page and program
	cargo build $(CARGO_FLAGS) --all-targets

web: web/dist/index.html

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

WEB_SOURCES := $(shell find web/src web/scripts web/*.html web/*.ts web/package.json schema.graphql -type f)
web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run build

# Traces last: they are tested on a program built with one feature more, which takes the place of the usual one.
test: lint test-rust licenses test-web test-estate test-deploy test-browser test-otlp ## everything that CI checks
	@echo "All tests passed."

lint: web
	cargo fmt --all --check
	cargo clippy $(CARGO_FLAGS) --all-targets --features blastmap/otlp -- --deny warnings
	cd fuzz && cargo update --workspace --locked --quiet
	RUSTDOCFLAGS="--deny warnings" cargo doc $(CARGO_FLAGS) --no-deps --document-private-items --quiet

test-rust: build ## unit, property, API and command line tests
	cargo test $(CARGO_FLAGS)

cargo-deny:
	cargo deny --version 2>/dev/null | grep -q "$(DENY_VERSION)" || cargo install --locked --debug cargo-deny@$(DENY_VERSION)

licenses: cargo-deny ## dependencies: bans, licences, sources
	cargo deny --log-level error check bans licenses sources

audit: cargo-deny ## dependencies: known holes; says so where their databases cannot be reached
	python3 deploy/supply/audit.py

sbom: ## what program and page are built from, as CycloneDX
	cargo cyclonedx --version 2>/dev/null | grep -q "$(CYCLONEDX_VERSION)" || cargo install --locked --debug cargo-cyclonedx@$(CYCLONEDX_VERSION)
	python3 deploy/supply/sbom.py $(TARGET)/sbom

test-otlp: test-rust ## traces, of a program with the feature otlp, as a collector gets them
	cargo test $(CARGO_FLAGS) --features blastmap/otlp --test otlp

test-web: web ## the page's types, linter and layout tests
	cd web && npm run check && npm test

tests/.venv/ready: tests/requirements.txt
	python3 -m venv --clear tests/.venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	touch $@

test-estate: build tests/.venv/ready ## crawls of estates built on moto, held against an independent oracle
	BLASTMAP_BIN=$(abspath $(BLASTMAP)) $(PYTHON) -m pytest tests/estate

test-deploy: build tests/.venv/ready ## modules, templates, image, alert rules and the docs of running it, held against the binary
	BLASTMAP_BIN=$(abspath $(BLASTMAP)) $(PYTHON) -m pytest tests/deploy

tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	cd tests/browser && npm ci --no-audit --no-fund
	touch $@

test-browser: build tests/browser/node_modules/.package-lock.json ## the page in a real browser
	test -x "$(CHROMIUM)" || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium)
	cd tests/browser && BLASTMAP_BIN=$(abspath $(BLASTMAP)) npm test

soak: build tests/.venv/ready ## crawls killed 200 times, and crawlers and servers of one store killed at random for five minutes
	BLASTMAP_BIN=$(abspath $(BLASTMAP)) BLASTMAP_KILLS=200 BLASTMAP_SOAK=300 $(PYTHON) -m pytest -s tests/estate/test_store_kills.py

# The coverage that libFuzzer goes by needs no nightly Rust, and no cargo-fuzz. What it finds new lies in fuzz/found, a crash in fuzz/.
FUZZ := policy plan names snapshot document
FUZZ_SECONDS := 1200
FUZZ_HOST = $(shell rustc -vV | sed -n 's/^host: //p')
FUZZ_COVERAGE := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
	-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing
fuzz: web ## whatever is read from outside, of any bytes: twenty minutes for each of FUZZ
	cd fuzz && RUSTFLAGS="$(FUZZ_COVERAGE)" cargo build --release --locked --target $(FUZZ_HOST)
	cd fuzz && failed= && for target in $(FUZZ); do mkdir -p found/$$target; \
		$${CARGO_TARGET_DIR:-target}/$(FUZZ_HOST)/release/$$target found/$$target corpus/$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 \
			$$(test -f $$target.dict && echo -dict=$$target.dict) || failed="$$failed $$target"; done; \
	test -z "$$failed" || { echo "Found something:$$failed"; exit 1; }

schema: build tests/.venv/ready ## print schema.graphql, the docs and policies that come from code and the page's types again
	$(BLASTMAP) schema > schema.graphql
	BLASTMAP_BLESS=1 cargo test $(CARGO_FLAGS) --quiet --test relations_doc --test needs_doc --test it kinds
	BLASTMAP_BLESS=1 BLASTMAP_BIN=$(abspath $(BLASTMAP)) $(PYTHON) -m pytest --quiet tests/deploy/test_policies.py
	cd web && npm run generate

demo: build tests/.venv/ready ## record the demo estate again
	BLASTMAP_BIN=$(abspath $(BLASTMAP)) $(PYTHON) tests/estate/record_demo.py

# Layers are sent compressed by gzip: what is counted is about what is pulled.
docker: ## a small image, and its compressed size, which must be under 40 MB
	docker build -t blastmap .
	size=$$(docker save blastmap | gzip -c | wc -c) && echo "$$size bytes compressed" && test "$$size" -lt 40000000
