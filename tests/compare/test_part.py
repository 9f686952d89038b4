"""What rows come to together."""

from __future__ import annotations

from evalkit.compare.part import some_of


def test_a_long_list_of_reasons_is_cut_and_counted() -> None:
    """Three are written; a reader learns how many more there are."""
    assert some_of(["a", "b", "c"]) == "a; b; c"
    assert some_of(["a", "b", "c", "d", "e"]) == "a; b; c; and 2 more"
