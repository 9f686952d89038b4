"""What a level, a power or a margin may be."""

from __future__ import annotations


def check_inside(name: str, value: float) -> None:
    """Refuse a value that does not lie strictly between 0 and 1.

    Raises:
        ValueError: It does not, or is not a number.
    """
    if not 0 < value < 1:  # true for NaN, too
        raise ValueError(f"{name} must lie above 0 and below 1, got {value}")


def check_counts(**counts: int) -> None:
    """Refuse a count below 0.

    Raises:
        ValueError: One is.
    """
    for name, count in counts.items():
        if count < 0:
            raise ValueError(f"{name} must not be below 0, got {count}")


def normal_quantile(chance: float) -> float:
    """Return the value that a standard normal variable stays below with a chance.

    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    from statistics import NormalDist  # noqa: PLC0415 - not needed to list commands

    return NormalDist().inv_cdf(chance)
