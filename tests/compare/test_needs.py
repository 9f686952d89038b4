"""Which rows a gate is judged by."""

from __future__ import annotations

from itertools import product

from evalkit.compare.needs import rows_needed, split_covered
from evalkit.gate import BASELINE, Gate
from evalkit.types import Condition

ROWS = tuple(
    (provider, Condition((("temperature", temperature), ("system", system))))
    for provider, temperature, system in product(("one", "two"), (0.0, 1.0), ("none", "dense"))
)
DENSE = {row for row in ROWS if row[1].get("system") == "dense"}


def test_a_threshold_needs_the_rows_that_it_selects() -> None:
    """Of every provider."""
    assert rows_needed(Gate("adherence", at_least=0.5, where={"system": ("dense",)}), ROWS) == DENSE
    assert rows_needed(Gate("adherence", at_least=0.5), ROWS) == set(ROWS)


def test_a_gate_on_a_baseline_needs_no_other_row_of_the_run() -> None:
    """The other side is in the baseline."""
    assert rows_needed(Gate("adherence", no_worse_than=BASELINE, where={"system": ("dense",)}), ROWS) == DENSE


def test_a_comparison_in_the_run_needs_both_sides() -> None:
    """The row that is judged, and the one that it is held against."""
    gate = Gate("adherence", no_worse_than={"system": "none"}, where={"system": ("dense",), "temperature": (1.0,)})
    assert rows_needed(gate, ROWS) == {row for row in ROWS if row[1].get("temperature") == 1.0}
    other = Gate("adherence", no_worse_than={"provider": "one"}, where={"system": ("dense",)})
    assert rows_needed(other, ROWS) == DENSE


def test_a_gate_whose_rows_are_not_all_there_is_told_apart() -> None:
    """It cannot be judged by a part of them."""
    dense, everything = Gate("adherence", at_least=0.5, where={"system": ("dense",)}), Gate("adherence", at_most=1.0)
    assert split_covered((dense, everything), ROWS, DENSE) == ((dense,), (everything,))
    assert split_covered((dense, everything), ROWS, ROWS) == ((dense, everything), ())
