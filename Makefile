# `make run` and `make test` each go from a fresh machine to their end; they need Python 3.11 or later, make and a
# package index. What is installed lands in .venv and .venv-wheel; delete them to start afresh.

PYTHON ?= python3
BIN := .venv/bin
WHEEL_BIN := .venv-wheel/bin

.PHONY: help run test lint format bench docs changelog clean

help:
	@echo "make run     install, fetch the embedded model, run suites/quick.yaml, print its table"
	@echo "make test    install, lint, run the whole test suite against the built wheel"
	@echo "make lint    ruff, mypy, pyright, codespell, validate-pyproject"
	@echo "make format  rewrite the code in the house format"
	@echo "make docs    write the generated parts of docs/ and README.md"
	@echo "make bench   run the benchmarks (two hours)"

run: .venv/.run
	$(BIN)/evalkit run suites/quick.yaml

test: lint .venv-wheel/.installed
	$(BIN)/evalkit download smollm2
	$(WHEEL_BIN)/python -P -m pytest -n 3 --dist worksteal

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/codespell
	$(BIN)/validate-pyproject pyproject.toml

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/.dev
	$(BIN)/python scripts/write_docs.py

bench: .venv/.dev
	$(BIN)/python benchmarks/run_all.py

changelog: .venv/.dev
	$(BIN)/towncrier build --draft --version unreleased

clean:
	rm -rf .venv .venv-wheel dist

.venv/.run: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[local]'
	touch $@

.venv/.dev: .venv/.run
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all,dev]'
	touch $@

# The tests run against the wheel that users install. Its environment sees the packages of .venv, but not the editable
# evalkit: a .pth file adds the folder without reading the .pth files in it.
.venv-wheel/.installed: .venv/.dev $(shell find evalkit -type f -not -name '*.pyc' -not -path '*/__pycache__')
	rm -rf .venv-wheel dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	$(PYTHON) -m venv --without-pip .venv-wheel
	$(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
	  > "$$($(WHEEL_BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/packages.pth"
	$(BIN)/python -m pip --python $(WHEEL_BIN)/python install --quiet --no-deps dist/*.whl
	touch $@
