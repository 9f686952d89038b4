"""Says whether too much of a run failed for anything to be judged by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.findings import Row


def failed_draws(rows: Iterable[Row], missing: int) -> tuple[int, int]:
    """Return how many draws failed or were never made, and how many there should be.

    What a provider cannot do is no failure: it is left out before anything is asked.

    Args:
        rows: All rows of the run.
        missing: Draws that were never made.
    """
    rows = tuple(rows)
    errors = sum(row.completions.get("error", 0) for row in rows)
    return errors + missing, missing + sum(sum(row.completions.values()) for row in rows)


def incomplete(rows: Iterable[Row], missing: int, max_failed: float) -> str | None:
    """Say that more draws failed or are missing than may; None where no more did.

    Args:
        rows: See `failed_draws`, as for the next.
        missing: Draws that were never made.
        max_failed: Share of the draws that may.
    """
    failed, planned = failed_draws(rows, missing)
    if not failed or failed / planned <= max_failed:
        return None
    return f"{failed:,} of {planned:,} draws failed or are missing, above the share of {max_failed:g} that may"
