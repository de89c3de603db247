# Two commands for a stranger: `make chat` and `make test`. The rest is for those who work on ccare.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: chat test check soak bench lock clean setup setup-dev

chat: $(VENV)/.runtime          ## set up everything, then talk as the demo merchant
	@$(BIN)/ccare chat

test: $(VENV)/.dev              ## everything that the tests need, then the tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term

check: $(VENV)/.dev             ## style, types, imports, Dockerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile

soak: $(VENV)/.dev              ## the long counts; writes docs/reliability.md
	@$(BIN)/python -m tests.soak

bench: $(VENV)/.dev             ## ratios against a baseline run beside it
	@$(BIN)/python -m tests.benchmarks

lock: $(VENV)/.uv               ## after a change of pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-header -q -c requirements.lock -o requirements-dev.lock

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev

$(VENV)/.uv:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed; name it with: make chat PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Creating the environment ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q uv==0.13.8 2>/dev/null || echo "uv is not to be had; pip will do, more slowly." >&2
	@touch $@

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/.uv
	@echo "Installing packages (about half a minute) ..." >&2
	@sh scripts/install requirements.lock $(BIN)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/.uv
	@echo "Installing packages for tests (about half a minute) ..." >&2
	@sh scripts/install requirements-dev.lock $(BIN)
	@touch $@ $(VENV)/.runtime

clean:
	rm -rf $(VENV) .ccare
