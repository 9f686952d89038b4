"""White space, which many models vary without meaning anything by it."""

from __future__ import annotations


def normalise_space(text: str) -> str:
    """Write every run of white space as one space, and none at the ends.

    >>> normalise_space("  a   b ")
    'a b'
    """
    return " ".join(text.split())
