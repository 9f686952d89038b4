"""The lines of a plan."""

from __future__ import annotations

from evalkit.cli.plan import left_out_lines
from evalkit.types import Condition, LeftOut


def test_same_reason_is_written_once() -> None:
    """Combinations left out for one reason share a line that counts them."""
    left_out = tuple(
        LeftOut(Condition((("temperature", temperature), ("refresh", 4))), "refresh", "nothing to restate")
        for temperature in (0.0, 0.5, 1.0)
    )
    assert left_out_lines(left_out) == ["refresh in 3 combinations: nothing to restate"]


def test_many_reasons_are_cut_short() -> None:
    """Beyond a dozen reasons the rest is counted."""
    left_out = tuple(LeftOut(Condition(), "refresh", f"reason {number}") for number in range(15))
    lines = left_out_lines(left_out)
    assert len(lines) == 13
    assert lines[-1] == "and 3 more reasons"
