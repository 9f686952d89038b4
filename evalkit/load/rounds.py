"""Reads `repeats`: how many draws of each case, or the plan of a run that may end early."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from typing import TYPE_CHECKING

from evalkit.errors import suggestion
from evalkit.findings import LEVELS
from evalkit.load.cursor import is_mapping, kind_of
from evalkit.rounds import Looks, Precision, Rounds, planned_ends
from evalkit.statistics.spending import look_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.load.cursor import Cursor

MOST_REPEATS = 1_000_000
DECIDED = "decided"
_EXAMPLE = "for example `repeats: {min: 4, max: 32, until: decided}`"


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often each case is drawn under each condition.

    Attributes:
        most: At most.
        rounds: How it may end before; None when it never does.
    """

    most: int
    rounds: Rounds | None = None


def read_repeats(cursor: Cursor | None) -> Repeats:
    """Read the number or the plan; None stands for a suite that says nothing, and draws once."""
    if cursor is None:
        return Repeats(1)
    if not is_mapping(cursor.value):
        return Repeats(cursor.whole(least=1, most=MOST_REPEATS))
    keys = cursor.mapping(("min", "max", "until"), required=("min", "max", "until"))
    least, most = keys["min"].whole(least=1), keys["max"].whole(least=1, most=MOST_REPEATS)
    if most <= least:
        keys["max"].fail(
            f"max must be above min, got {most} and {least}", hint="a number that never changes is `repeats: 8`"
        )
    until = _until(keys["until"])
    return Repeats(most, Rounds(planned_ends(least, most), until))


def _until(cursor: Cursor) -> Precision | None:
    if cursor.value == DECIDED:
        return None
    if not is_mapping(cursor.value):
        cursor.fail(
            f"until must be `{DECIDED}` or name a measure and a half_width, got {kind_of(cursor.value)}", hint=_EXAMPLE
        )
    keys = cursor.mapping(("measure", "half_width"), required=("measure", "half_width"))
    half_width = keys["half_width"].number()
    if half_width <= 0:
        keys["half_width"].fail(f"half_width must be above 0, got {half_width:g}", hint="for example `0.05`")
    return Precision(keys["measure"].text(), half_width)


def check_rounds(cursor: Cursor, rounds: Rounds, *, measures: Sequence[str], cases: int, decides: bool) -> None:
    """Refuse a plan that could never end early.

    Args:
        cursor: `repeats`.
        rounds: The plan.
        measures: What rows have intervals of.
        cases: How many cases the suite has.
        decides: Whether any gate can be decided by more draws.

    Raises:
        SuiteError: It waits for what cannot come.
    """
    until = cursor.child("until")
    if rounds.until is None:
        if not decides:
            until.fail(
                "until waits for gates to be decided, and the suite has none that more draws could decide",
                hint="add `gates`, or name a measure and a half_width",
            )
        return
    known = [*LEVELS, *measures]
    if rounds.until.measure not in known:
        until.child("measure").fail(
            f"the suite has no measure `{rounds.until.measure}`", hint=suggestion(rounds.until.measure, known)
        )
    if rounds.until.measure in LEVELS:
        _check_width(until.child("half_width"), rounds, cases)


def _check_width(cursor: Cursor, rounds: Rounds, cases: int) -> None:
    """Refuse a width that even cases which all score alike would not reach, however often they were drawn."""
    assert rounds.until is not None
    alpha = max(look_levels(Looks(rounds.ends).fractions, 0.025))
    units = rounds.ends[-1] if cases == 1 else cases
    if (1 - alpha ** (1 / units)) / 2 > rounds.until.half_width:
        needed = ceil(log(alpha) / log(1 - 2 * rounds.until.half_width)) if rounds.until.half_width < 0.5 else 1
        what = f"{cases} cases" if cases > 1 else f"{units} draws of one case"
        cursor.fail(
            f"an interval over {what} is never as narrow as {rounds.until.half_width:g} to each side",
            hint=f"it takes {needed} {'cases' if cases > 1 else 'draws'} that all score 1, and more otherwise",
        )
