"""Says at the end of a test run what was drawn for it, what it cost, what nothing was shown of, and where to look."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING, Any

from evalkit.excerpt import in_lines
from evalkit.plugin.properties import STATE
from evalkit.reports.format import count, dollars

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pytest

    from evalkit.store.session_runs import SessionRun, Totals

MARK = "evalkit"
_COLUMNS = 100
_PROBLEMS = 3
_DECIDED = ("passed", "failed", "xfailed", "xpassed")


@dataclass(frozen=True, slots=True)
class Items:
    """What the items of a test run came to.

    Attributes:
        ended: How many ended as pytest counts: `passed`, `failed`, `skipped`, `error`, `xfailed`, `xpassed`.
        undecided: Those of which nothing is shown either way.
    """

    ended: Mapping[str, int] = field(default_factory=Counter[str])
    undecided: int = 0

    @property
    def decided(self) -> int:
        """How many were decided."""
        return sum(self.ended.get(each, 0) for each in _DECIDED)


def items_of(stats: Mapping[str, Sequence[Any]]) -> Items:
    """Count the items of suites among the reports that a terminal reporter has gathered."""
    ended: Counter[str] = Counter()
    undecided = 0
    for category in (*_DECIDED, "skipped", "error"):
        for report in stats.get(category, ()):
            if MARK in getattr(report, "keywords", ()):
                ended[category] += 1
                undecided += (STATE, "undecided") in getattr(report, "user_properties", ())
    return Items(ended, undecided)


@dataclass(frozen=True, slots=True)
class SuiteTotals:
    """One suite of a test session.

    Attributes:
        name: The suite's name, or its file where there is no run.
    """

    name: str
    run: SessionRun
    totals: Totals


def summary_lines(
    suites: Sequence[SuiteTotals],
    items: Items,
    *,
    by_tests: Sequence[SuiteTotals] = (),
    project: str | None = None,
) -> Iterator[str]:
    """Write what a test session drew, each suite on a line of its own, and what test functions asked on one.

    Args:
        suites: In order.
        items: What the items came to.
        by_tests: What was asked through the fixture, call by call.
        project: Root of the project, where commands must be told; None where they find it.
    """
    for each in suites:
        yield from in_lines(_suite_line(each), _COLUMNS, most=2)
        yield from _problem_lines(each.run)
    if by_tests:
        yield f"test functions: {count(len(by_tests), 'run')}: {_drawn([each.totals for each in by_tests])}"
    everything = (*suites, *by_tests)
    if len(suites) + bool(by_tests) > 1:
        yield f"in all: {_drawn([each.totals for each in everything])}"
    if items.undecided:
        yield f"{count(items.undecided, 'item')} undecided: nothing is shown either way (-rs says why)"
    named = [each.run.run for each in everything if each.run.run is not None and each.totals.draws]
    if named:
        before = "evalkit" if project is None else f"evalkit --project {project}"
        which = named[0] if len(named) == 1 else "RUN"
        yield f"to see more: {before} report {which}; {before} show {which} --by-case"
    if items.ended and not items.decided:
        yield f"nothing was decided: {_why_nothing(items)}"


def _suite_line(suite: SuiteTotals) -> str:
    if suite.run.run is None:
        return f"{suite.name}: no run was begun"
    stopped = {"ended": "", "stopped": "; stopped before all was drawn", "open": "; it was broken off"}
    return f"{suite.name}: run {suite.run.run}: {_drawn([suite.totals])}{stopped[suite.run.state]}"


def _drawn(totals: Sequence[Totals]) -> str:
    before = sum(each.before for each in totals)
    errors = sum(each.errors for each in totals)
    unpriced = sum(each.unpriced for each in totals)
    costs = [each.cost_usd for each in totals if each.cost_usd is not None]
    said = [
        count(sum(each.draws for each in totals), "draw"),
        count(sum(each.calls for each in totals), "call"),
        *([f"{before:,} from the store"] if before else []),
        *([f"{errors:,} failed"] if errors else []),
    ]
    if costs:
        said.append(dollars(fsum(costs)) + (f" and {unpriced:,} without a known price" if unpriced else ""))
    elif unpriced:
        said.append("cost not known")
    return ", ".join(said)


def _problem_lines(run: SessionRun) -> Iterator[str]:
    problems = list(run.problems.values())
    for problem in problems[:_PROBLEMS]:
        hint = "" if problem.hint is None else f" (hint: {problem.hint})"
        yield from (f"  {line}" for line in in_lines(f"{problem.message}{hint}", _COLUMNS - 2, most=3))
    if len(problems) > _PROBLEMS:
        yield f"  and {count(len(problems) - _PROBLEMS, 'more provider')}"


def _why_nothing(items: Items) -> str:
    others = items.ended.get("skipped", 0) - items.undecided
    said = [
        *([f"{items.undecided:,} undecided"] if items.undecided else []),
        *([f"{others:,} skipped"] if others > 0 else []),
        *([count(items.ended["error"], "error")] if items.ended.get("error") else []),
    ]
    return ", ".join(said)


def write_lines(reporter: pytest.TerminalReporter, lines: Iterable[str]) -> None:
    """Write lines below a heading, if there are any."""
    written = list(lines)
    if written:
        reporter.section("evalkit")
        for line in written:
            reporter.line(line)
