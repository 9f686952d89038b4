"""What a gate asks of two rows."""

from __future__ import annotations

from evalkit.compare.asked_by import asked_by
from evalkit.compare.rows import Asked
from evalkit.gate import Gate


def test_everything_that_a_gate_says_is_asked() -> None:
    """Its scope is that of what it compares with, unless it says otherwise."""
    gate = Gate("unique_ratio", no_worse_than="baseline", margin=0.2, better="lower")
    assert asked_by(gate, {"unique_ratio": (0.0, 1.0)}) == Asked("unique_ratio", "suite", 0.2, "lower", (0.0, 1.0))
    inside = Gate("adherence", no_worse_than={"system": "fluffy"})
    assert asked_by(inside, {}).scope == "population"
