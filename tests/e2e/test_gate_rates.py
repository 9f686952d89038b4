"""Tests of the simulation behind the gates' error rates, in small: `benchmarks/gate_rates.py`."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def gates(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - the benchmarks are no package
    """Return a function that imports a module of the benchmark."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])

    def imported(name: str) -> Any:  # noqa: ANN401 - as above
        return import_module(f"gates.{name}")

    return imported


@pytest.mark.parametrize("scope", ["suite", "population"])
def test_false_alarms_and_errors_at_the_margin_stay_within_the_budget(gates: Any, scope: str) -> None:  # noqa: ANN401
    """In 8,000 simulated nights no error is much more frequent than one in twenty, of one gate or of any of twenty."""
    errors, cell = gates("errors"), gates("states").Cell(scope, 20, 4, 0.3, 0.9)
    found = errors.simulate(cell, 400, (5,))
    for name, key in errors.COLUMNS:
        if errors.demanded(scope, key):
            assert found.one[key].share < 0.06, name
            assert found.any_of_20[key].share < 0.09, name


def test_looking_in_rounds_errs_no_more_often(gates: Any) -> None:  # noqa: ANN401
    """Five looks together stay within the budget as one does."""
    looks, errors = gates("looks"), gates("errors")
    found = looks.simulate(gates("states").Cell("suite", 20, 16, 0.3, 0.9), 200, (6,))
    for name, key in errors.COLUMNS:
        assert found.one[key].share < 0.07, name


def test_rounds_save_half_of_the_draws(gates: Any) -> None:  # noqa: ANN401
    """With enough repeats for a power of 0.99, rounds leave out half and decide nearly as often."""
    sized = gates("savings").simulate(gates("states").Cell("suite", 20, 1, 0.7, 0.9), 300, (7,))
    assert [each.saved >= 0.45 and each.decided >= each.always - 0.06 for each in sized.savings] == [True, True]


@pytest.mark.parametrize(
    "what", ["mean over cases", "difference over pairs of draws", "mean over cases, at every look"]
)
def test_intervals_hold_the_truth(gates: Any, what: str) -> None:  # noqa: ANN401
    """Of a thousand intervals few miss the truth, also when drawing may stop at any look."""
    scope = "suite" if "pairs" in what else "population"
    for each in gates("coverage").simulate((what, gates("states").Cell(scope, 20, 4, 0.3, 0.95)), 1000, (8,)):
        assert each.rate.share > 0.93


def test_one_command_prints_the_tables(tmp_path: Path) -> None:
    """The script simulates a part and prints its table, with an exit code that says whether its demands are met."""
    command = [sys.executable, str(BENCHMARKS / "gate_rates.py"), "--nights", "900", "--part", "frozen"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "## Nights on one baseline" in ran.stdout
    assert "30 baselines a row" in ran.stdout
    assert ran.stdout.rstrip().endswith("every demand is met")
