"""White space, which many models vary without meaning anything by it."""

from __future__ import annotations

NORMALISED = "_normalised"
"""What follows a measure's label where white space was normalised before it was computed."""


def both_labels(label: str) -> tuple[str, str]:
    """Return the names that a measure has in a row: of the texts as they are, and with white space normalised.

    >>> both_labels("distinct_2")
    ('distinct_2', 'distinct_2_normalised')
    """
    return label, label + NORMALISED


def normalise_space(text: str) -> str:
    """Write every run of white space as one space, and none at the ends.

    >>> normalise_space("  a   b ")
    'a b'
    """
    return " ".join(text.split())
