# Each target makes what it lacks: a private uv in .uv/ when none is on the PATH, then the locked environment.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen

# Bytecode is compiled once, with the environment. Where a shell forbids to keep it, every start would otherwise compile
# every library anew: a second of CPU for `fit`, several for `report`.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: report test test-all fuzz lint types layers check calibrate bench docs notebooks clean

report: .venv/.synced
	$(RUN) escc-bayes report --out out/report

# On every core. Each process begins with a run of neighbouring tests, so that most fits of a fixture are made once.
test: .venv/.synced
	$(RUN) pytest -m "not slow" -n auto --dist worksteal

# The unit tests on every Python that is promised and found: 3.12, 3.13, 3.14.
test-all: .venv/.synced
	UV=$(UV) .ci/test-all

# 500 TOML files and 100 option values that almost are right, through the command line; a short form is in `make test`.
fuzz: .venv/.synced
	$(RUN) python -W ignore -m tests.fuzz.long

check: lint types layers

lint: .venv/.synced
	$(RUN) ruff check .
	$(RUN) ruff format --check .

types: .venv/.synced
	$(RUN) mypy

layers: .venv/.synced
	$(RUN) lint-imports

calibrate: .venv/.synced
	$(RUN) pytest -m slow

bench: .venv/.synced
	$(RUN) python benchmarks/first_fit.py

# Strict: a warning (a dead link, a name that is gone) is an error.
docs: .venv/.synced
	$(RUN) sphinx-build -b html -W --keep-going -q docs out/docs

notebooks: .venv/.synced
	$(RUN) jupytext --to ipynb --set-kernel python3 notebooks/*.py
	$(RUN) jupyter-execute --inplace --kernel_name=python3 notebooks/*.ipynb

clean:
	rm -rf out dist .pytest_cache .ruff_cache .mypy_cache .hypothesis

.venv/.synced: pyproject.toml uv.lock $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv)
	$(UV) sync --frozen --compile-bytecode
	$(RUN) python -m compileall -q src/escc_bayes
	@touch $@

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/python -m pip install --quiet uv
