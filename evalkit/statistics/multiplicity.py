"""The p of many tests at once.

Holm's bounds the chance of any false alarm in the family, whatever the tests have to do with one another: it is for
gates. Benjamini and Hochberg's bounds the share of false ones among what is found, for tests that are independent or
positively related: it is for tables to explore. The two are never mixed in one family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Holm's adjusted p: what is at most a level stands at that level for the whole family.

    Args:
        p_values: One for each test; None for a test that could not be made, which is no member of the family.

    Returns:
        The adjusted p in the order of the tests; None where the p is.

    Raises:
        ValueError: A p is not a number from 0 to 1.

    >>> [round(p, 3) for p in holm([0.001, 0.04, 0.012]) if p is not None]
    [0.003, 0.04, 0.024]

    Source: Holm 1979, Scandinavian Journal of Statistics 6.
    """
    order = _ascending(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    so_far = 0.0
    for rank, (value, index) in enumerate(order):
        so_far = max(so_far, min(1.0, value * (len(order) - rank)))
        adjusted[index] = so_far
    return adjusted


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Benjamini and Hochberg's adjusted p: of what is at most q, a share of at most q is false on average.

    Args:
        p_values: As for `holm`.

    Returns:
        The adjusted p in the order of the tests; None where the p is.

    Raises:
        ValueError: A p is not a number from 0 to 1.

    >>> [round(p, 3) for p in benjamini_hochberg([0.001, 0.04, 0.012]) if p is not None]
    [0.003, 0.04, 0.018]

    Source: Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57.
    """
    order = _ascending(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    so_far = 1.0
    for rank, (value, index) in reversed(list(enumerate(order, start=1))):
        so_far = min(so_far, value * len(order) / rank)
        adjusted[index] = so_far
    return adjusted


def _ascending(p_values: Sequence[float | None]) -> list[tuple[float, int]]:
    """Return the p that are known, each with its place, least first."""
    known = [(value, index) for index, value in enumerate(p_values) if value is not None]
    for value, _ in known:
        if not 0 <= value <= 1:  # true for NaN, too
            raise ValueError(f"a p must lie between 0 and 1, got {value}")
    return sorted(known)
