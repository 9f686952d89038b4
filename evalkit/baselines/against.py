"""Reads the baseline that a run is held against, and refuses one that it cannot be held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.baselines.baseline import read_baseline
from evalkit.compare.sides import comparable, row_label
from evalkit.errors import UsageError, suggestion
from evalkit.measured import MeasuredOf

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from evalkit.baselines.baseline import Baseline
    from evalkit.measured import RowKey
    from evalkit.prepare import Prepared
    from evalkit.project import Project
    from evalkit.types import Suite

SUITE = "{suite}"
"""What stands for the suite's name in the name of a baseline."""
_NAMED = 3


def read_against(
    name: str,
    project: Project,
    suite: Suite,
    rows: Collection[RowKey] | None = None,
    *,
    warn: Callable[[str], None] | None = None,
) -> Baseline:
    """Read a baseline, and see whether it says anything of these rows.

    Args:
        name: The baseline's; `{suite}` in it stands for the suite's name.
        project: Where it is.
        suite: What is run.
        rows: What will be drawn, or was; None where that is not known yet.
        warn: Is told which of the rows the baseline lacks; None where nobody is.

    Raises:
        BaselineError: There is none of that name, or its file is not as it was written.
        UsageError: It is of another suite, or of none of these rows.
    """
    name = name.replace(SUITE, suite.name)
    baseline = read_baseline(name, project)
    baseline.sketches()  # for its error, before anything is drawn
    why = comparable(MeasuredOf("this run", "", suite.name, suite.version, suite.hash), baseline.of)
    if why is not None:
        raise UsageError(
            f"baseline {name} does not fit: {why}",
            hint=f"`evalkit baseline promote {name} RUN` makes it one of this suite",
        )
    if rows is None:
        return baseline
    there = set(baseline.keys())
    missing = [key for key in rows if key not in there]
    if missing and len(missing) == len(rows):
        raise UsageError(
            f"baseline {name} has none of the rows that this run is made of, such as {row_label(missing[0])}",
            hint=suggestion(missing[0][0], dict.fromkeys(key[0] for key in there)),
        )
    if missing and warn is not None:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        labels = "; ".join(row_label(key) for key in missing[:_NAMED])
        warn(f"baseline {name} has no row to compare with {labels}{more}")
    return baseline


def read_against_prepared(
    name: str | None, project: Project, prepared: Prepared, warn: Callable[[str], None] | None = None
) -> Baseline | None:
    """Read a baseline before anything is drawn; None where none is named."""
    return None if name is None else read_against(name, project, prepared.suite, prepared.rows, warn=warn)
